"""Sentences, digits and verdicts of the report: as strong as the interval allows, in both languages."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from babel.messages import pofile

from abm.engine.errors import InputError
from experiments.report import chapters, claims, sentences, words
from experiments.report.claims import CLAIMS, Claim, judged
from experiments.report.quantities import CLEARLY, NOTHING, PROBABLY, SAME, UNKNOWN
from experiments.report.sentences import Phrases, shown, told
from experiments.report.words import LANGUAGES, Words, decimals
from scripts.messages import gathered, renewed

NAN = math.nan
EN, NL = Words("en"), Words("nl")
PEOPLE = chapters.RECEPTION[0]
VALUES = re.compile(r"%\(\w+\)s|%%")


def row(difference=-1234.0, low=-2000.0, high=-468.0, sure=CLEARLY, a=30_000.0):
    return {"a": a, "b": a + difference, "difference": difference, "low": low, "high": high, "sure": sure}


@pytest.mark.parametrize(
    ("width", "values", "digits"),
    [
        (1532, (30_000,), -2),  # 1,500 has two digits
        (0.0321, (0.5,), 3),
        (9.9, (100,), 1),
        (10, (100,), 0),
        (0.001, (41_000,), 0),  # five digits at most
        (0, (5,), None),
        (NAN, (5,), None),
    ],
)
def test_digits_follow_the_width_of_the_interval(width, values, digits):
    assert decimals(width, *values) == digits


def test_numbers_are_those_of_the_language():
    found = [shown(PEOPLE, row(), each) for each in (EN, NL)]
    assert [(each.a, each.b, each.difference) for each in found] == [
        ("30,000", "28,800", "-1,200"),
        ("30.000", "28.800", "-1.200"),
    ]
    assert [each.interval for each in found] == ["-2,000 to -500", "-2.000 tot -500"]
    assert [each.verdict for each in found] == ["clearly lower", "duidelijk lager"]
    assert [each.unit for each in found] == ["persons", "personen"]


def test_a_share_is_per_cent_and_its_difference_points():
    found = shown(chapters.SOONER, row(0.135, 0.127, 0.143, CLEARLY, 0.177), NL)
    assert (found.a, found.b, found.difference, found.interval) == ("17,7", "31,2", "+13,5", "+12,7 tot +14,3")
    assert found.unit == "procent, verschil in procentpunten"


def test_an_interval_that_leaves_out_0_is_not_shown_with_it():
    found = shown(chapters.SOONER, row(0.0008, 0.00001, 0.0016, PROBABLY, 0.1359), EN)  # in points 0.08, 0.001 to 0.16
    assert (found.difference, found.interval) == ("+0.080", "+0.001 to +0.160")
    assert shown(PEOPLE, row(10, -0.4, 20.4, UNKNOWN), EN).interval == "0 to +20"


def test_nothing_has_no_sign_and_no_value_is_a_dash():
    assert shown(PEOPLE, row(0.0, 0.0, 0.0, SAME), EN).difference == "0"
    assert EN.number(0.004, 2, sign=True) == "0.00"
    found = shown(PEOPLE, row(NAN, NAN, NAN, NOTHING, NAN), EN)
    assert (found.a, found.difference, found.interval) == ("–", "–", "–")
    assert found.verdict == "too few pairs have a value"


@pytest.mark.parametrize(
    ("sure", "difference", "light", "begins"),
    [
        (CLEARLY, -1234.0, "shown", "Clearly fewer people are in reception: 1,200 fewer on average in 2028"),
        (CLEARLY, 1234.0, "shown", "Clearly more people are in reception: 1,200 more on average in 2028"),
        (PROBABLY, -1234.0, "probable", "Probably fewer people are in reception: 1,200 fewer"),
        (PROBABLY, 1234.0, "probable", "Probably more people are in reception: 1,200 more"),
        (UNKNOWN, 1234.0, "open", "Whether more or fewer people are in reception in 2028 cannot be told (95% int"),
        (NOTHING, 1234.0, "open", "Whether more or fewer people are in reception in 2028 cannot be told"),
        (SAME, 0.0, "shown", "As many people are in reception in 2028, in every pair of runs."),
    ],
)
def test_the_strength_of_a_sentence_follows_the_difference(sure, difference, light, begins):
    frame = pd.DataFrame([row(difference, difference - 766, difference + 766, sure)], index=[PEOPLE.name])
    found = told(sentences.IN_RECEPTION, PEOPLE, frame, "2028", EN)
    assert found.light == light
    assert found.text.startswith(begins)


def test_a_sentence_in_dutch_has_dutch_numbers():
    frame = pd.DataFrame([row()], index=[PEOPLE.name])
    assert told(sentences.IN_RECEPTION, PEOPLE, frame, "2028", NL).text == (
        "Er zitten duidelijk minder mensen in de opvang: gemiddeld 1.200 minder in 2028 (95%-interval -2.000 tot -500)."
    )


def test_what_the_runs_do_not_carry_is_said():
    found = told(sentences.IN_RECEPTION, PEOPLE, pd.DataFrame(), "2028", EN)
    assert found.light == "open"
    assert found.text == "These runs are too small to say anything of this: People in reception."


def test_each_strength_has_a_sentence_of_its_own():
    for phrases in (sentences.IN_RECEPTION, sentences.AT_WORK):
        assert isinstance(phrases, Phrases)
        assert len(set(vars(phrases).values())) == 6


# --- promises

DOWN_18 = CLAIMS[0]
UP, LIMIT = (next(each for each in CLAIMS if each.direction == way) for way in (claims.UP, claims.NO_LESS))


@pytest.mark.parametrize(
    ("claim", "difference", "low", "high", "sure", "outcome"),
    [
        (DOWN_18, -18_100, -19_000, -17_200, CLEARLY, claims.KEPT),  # the size lies in the interval
        (DOWN_18, -25_000, -26_000, -24_000, CLEARLY, claims.KEPT),  # more than promised
        (DOWN_18, -6_000, -7_000, -5_000, CLEARLY, claims.IN_PART),
        (DOWN_18, 6_000, 5_000, 7_000, CLEARLY, claims.CONTRARY),
        (DOWN_18, -6_000, -7_000, -5_000, PROBABLY, claims.PROBABLY_KEPT),
        (DOWN_18, 6_000, 5_000, 7_000, PROBABLY, claims.PROBABLY_CONTRARY),
        (DOWN_18, -6_000, -20_000, 8_000, UNKNOWN, claims.OPEN),
        (DOWN_18, 0, 0, 0, SAME, claims.NOT_KEPT),
        (DOWN_18, NAN, NAN, NAN, NOTHING, claims.NO_VALUE),
        (UP, 0.1, 0.05, 0.15, CLEARLY, claims.KEPT),
        (UP, -0.1, -0.15, -0.05, CLEARLY, claims.CONTRARY),
        (LIMIT, 5, 1, 9, CLEARLY, claims.KEPT),
        (LIMIT, -5, -9, -1, CLEARLY, claims.CONTRARY),
        (LIMIT, 0, 0, 0, SAME, claims.KEPT),
        (LIMIT, 1, -3, 5, UNKNOWN, claims.OPEN),  # no difference found is not no difference
    ],
)
def test_what_becomes_of_a_promise(claim, difference, low, high, sure, outcome):
    assert judged(claim, row(difference, low, high, sure)) == outcome


def test_the_sum_of_the_plan():
    assert CLAIMS[1].size == pytest.approx(-466.47e6)
    assert CLAIMS[1].outcome.value(np.full(12, 18_000.0)) == pytest.approx(466.47e6)


def test_status_holders_at_the_cost_of_the_model():
    people, all_people = np.full(12, 1000.0), np.full(12, 4000.0)
    euros = np.full(12, 4000 * 100 * 30.4375)  # a hundred euros a day each
    assert claims.at_own_cost(people, euros, all_people) == pytest.approx(1000 * 100 * 365.25)


def test_why_is_said_with_the_numbers_of_the_rows():
    rows = {claims.STATUS_HOLDERS.name: shown(claims.STATUS_HOLDERS, row(), EN)}
    said = "No more can leave than are there: 30,000 on average without the change, and 28,800 with it."
    assert DOWN_18.because(rows, EN) == said
    assert DOWN_18.because({}, EN) == ""
    empty = shown(claims.STATUS_HOLDERS, row(NAN, NAN, NAN, NOTHING, NAN), EN)
    assert DOWN_18.because({claims.STATUS_HOLDERS.name: empty}, EN) == ""


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.promise)
def test_a_promise_names_a_heading_of_the_plan_and_rows_that_there_are(claim: Claim):
    from experiments.report.plan import load

    plan = load()
    headings = {each for part in (*plan.parts, *plan.stays, *plan.not_in_model) for each in part.paragraphs}
    assert claim.paragraph in headings
    every = {each.name for each in (*chapters.EVERY, *claims.TESTED)}
    assert set(claim.rows.values()) <= every
    assert {each[2:-4] for each in VALUES.findall(claim.why) if each != "%%"} == set(claim.rows)


# --- languages


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_there_in_both_languages_and_no_other(language):
    with words.catalogue(language).open("rb") as file:
        known = {each.id: each for each in pofile.read_po(file, locale=language) if each.id}
    assert sorted(known) == gathered()
    assert [each for each, message in known.items() if not message.string or message.fuzzy] == []
    for each, message in known.items():
        assert sorted(VALUES.findall(each)) == sorted(VALUES.findall(message.string)), each
    assert words.catalogue(language).read_bytes() == renewed(language, gathered()), "python -m scripts.messages"


def test_english_is_the_message_and_dutch_is_not():
    same = {each for each in gathered() if words.translations("nl").gettext(each) == each}
    assert same == {"Run"}
    assert [each for each in gathered() if words.translations("en").gettext(each) != each] == []


def test_the_search_for_messages_finds_those_of_code_and_template():
    assert {"Promises put to the test", "clearly higher", "Homes", "What does “%(title)s” bring?"} <= set(gathered())


def test_another_language_is_refused_in_one_line():
    with pytest.raises(InputError) as refused:
        Words("fr")
    assert str(refused.value) == "--lang: 'fr' is not a language of the report: choose from nl, en"
