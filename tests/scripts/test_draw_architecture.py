"""The picture of the rooms is that of the code, and can be read on a phone."""

import re
from itertools import pairwise
from xml.etree import ElementTree

from scripts.draw_architecture import FILE, ROW, ROWS, draw, reduced
from scripts.rooms import LINE, arrows

PHONE = 360  # [px]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_is_that_of_the_code():
    told = ElementTree.parse(FILE).find(f"{SVG}metadata").text.split("\n")
    told = {tuple(line.split(" imports ")) for line in told if line}
    now = {(".".join(room), ".".join(target)) for room, target in arrows()}
    assert sorted(now - told) == [], "arrows that the picture lacks: run make docs"
    assert sorted(told - now) == [], "arrows that are gone: run make docs"
    assert FILE.read_text(encoding="utf-8") == draw(), "run make docs"


def test_every_room_is_drawn_once_and_every_arrow_leads_to_a_line_above():
    picture = ElementTree.parse(FILE)
    names = [text.text for text in picture.findall(f"{SVG}text")]
    assert sorted(names) == sorted(["abm", "experiments", *(room for _, room in LINE)])
    ends = [re.findall(r"[\d.]+", path.get("d")) for path in picture.findall(f"{SVG}path")]
    assert len(ends) == len(reduced(list(arrows())))
    assert all(float(end[-1]) < float(end[1]) for end in ends)


def test_the_reduction_leaves_out_what_follows_and_nothing_else():
    room = {name: ("abm", name) for name in "abcd"}
    all_arrows = [(room[a], room[b]) for a, b in ("ab", "ac", "ad", "bd", "cd")]
    assert reduced(all_arrows) == [(room[a], room[b]) for a, b in ("ab", "ac", "bd", "cd")]


def test_words_fit_in_their_boxes_and_can_be_read_on_a_phone():
    picture = ElementTree.parse(FILE).getroot()
    letter, wide = float(picture.get("font-size")), float(picture.get("width"))
    assert letter * PHONE / wide >= 10  # [px]
    boxes = picture.findall(f"{SVG}rect")[1:]  # the first is the paper
    rooms = [room for rooms in ROWS for _, room in rooms]
    for box, room in zip(boxes, rooms, strict=True):
        assert 0.55 * letter * len(room) <= float(box.get("width")), room  # a letter is half as wide as high
    edges = [(float(box.get("y")), float(box.get("x")), float(box.get("width"))) for box in boxes]
    for (y, x, width), (below, right, _) in pairwise(edges):
        assert below > y or right >= x + width  # side by side or in lines, never over each other
    assert set(ROW) == set(LINE)
