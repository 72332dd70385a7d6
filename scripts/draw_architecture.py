"""Draws the rooms and the arrows between them: `python -m scripts.draw_architecture` writes docs/architecture.svg.

Rooms stand in the lines of the import rule. An arrow leads from a room to one that it imports from; an import that
follows along other arrows is not drawn again (transitive reduction), so that the picture can be read. All imports
between rooms, drawn or not, stand in the file as text, under <metadata>.
"""

from itertools import pairwise

from scripts.rooms import LINES, ROOT, arrows

FILE = ROOT / "docs" / "architecture.svg"
WIDTH, MARGIN, BOX, WIDEST, GAP, LANE, LETTER = 520, 8, 30, 112, 6, 18, 15  # [px]
HEADING, FLAT, STEEP, STEEPEST = (
    34,
    22,
    5,
    70,
)  # of a heading; between two lines: at least, more per arrow, at most [px]
COLOURS = {  # of a box and of its edge
    "abm": ("#e8eef7", "#7d93b5"),
    "domain": ("#fbe9c8", "#c79a3c"),
    "experiments": ("#e3f1e6", "#74a483"),
}
INK, ARROW = "#111827", "#4b5563"
Room = tuple[str, str]  # ('abm', 'homes')
Arrow = tuple[Room, Room]  # from, to
ROWS: list[list[Room]] = [
    [(top, room) for room in line.split()] for top, text in LINES.items() for line in text.splitlines()
]
ROW = {room: number for number, rooms in enumerate(ROWS) for room in rooms}
DOMAINS = max(ROWS, key=len)  # no other line is as long


def reduced(all_arrows: list[Arrow]) -> list[Arrow]:
    """The arrows that do not follow along others: the transitive reduction of a graph without circles."""
    direct: dict[Room, list[Room]] = {}
    for room, target in all_arrows:
        direct.setdefault(room, []).append(target)

    def beyond(room: Room) -> set[Room]:
        return {far for target in direct.get(room, ()) for far in {target} | beyond(target)}

    return [(room, target) for room, target in all_arrows if not any(target in beyond(each) for each in direct[room])]


class Layout:
    """Where everything stands [px]: rooms in their lines, and arrows that pass lines in a lane beside them."""

    def __init__(self, drawn: list[Arrow]):
        self.drawn = drawn
        self.x: dict[Room, float] = {}  # middle of a room
        self.wide: dict[Room, float] = {}
        for rooms in ROWS:
            wide = min(WIDEST, (WIDTH - 2 * MARGIN - GAP * (len(rooms) - 1)) / len(rooms))
            for place, room in enumerate(rooms):
                self.x[room] = WIDTH / 2 + (place - (len(rooms) - 1) / 2) * (wide + GAP)
                self.wide[room] = wide
        self.lane = self._lanes()
        self.top, y = [], 0.0  # upper edge of a line
        for number in range(len(ROWS)):
            above = sum(ROW[target] < number <= ROW[room] for room, target in drawn)
            y += min(FLAT + STEEP * max(above - 3, 0), STEEPEST) if number else 0
            y += HEADING if begins(number) else 0
            self.top.append(y)
            y += BOX
        self.height = y + MARGIN

    def _lanes(self) -> dict[Arrow, float]:
        """The lane of each arrow that passes lines, on the side of its ends, as near as there is room."""
        found, busy = {}, set()
        for arrow in sorted(self.drawn, key=lambda arrow: (ROW[arrow[0]] - ROW[arrow[1]], arrow)):
            passed = range(ROW[arrow[1]] + 1, ROW[arrow[0]])
            if passed:
                side = -1 if sum(self.x[room] for room in arrow) < WIDTH else 1
                place = 1 + round(max(abs(self.x[room] - WIDTH / 2) + self.wide[room] / 2
                                      for line in passed for room in ROWS[line]) / LANE)  # fmt: skip
                while busy & (taken := {(line, side, place) for line in passed}):
                    place += 1
                busy |= taken
                found[arrow] = WIDTH / 2 + side * place * LANE
        return found

    def port(self, arrow: Arrow, end: int) -> float:
        """Where on the edge of its room an arrow begins (end 0) or ends (1), beside the others, in an order that does
        not cross them."""
        room = arrow[end]
        beside = [each for each in self.drawn if each[end] == room]
        beside.sort(key=lambda each: (self.lane.get(each, self.x[each[1 - end]]), each))
        return self.x[room] + ((beside.index(arrow) + 1) / (len(beside) + 1) - 0.5) * 0.8 * self.wide[room]


def begins(line: int) -> bool:
    """Whether a package begins with this line."""
    return line == 0 or ROWS[line][0][0] != ROWS[line - 1][0][0]


def draw() -> str:
    """The picture as SVG."""
    found = list(arrows())
    layout = Layout(reduced(found))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{layout.height:.0f}" '
        f'viewBox="0 0 {WIDTH} {layout.height:.0f}" font-family="system-ui, Helvetica, Arial, sans-serif" '
        f'font-size="{LETTER}">',
        "<title>The rooms of the model and of the experiments, and which builds on which</title>",
        "<metadata>",
        *(f"{'.'.join(room)} imports {'.'.join(target)}" for room, target in found),
        "</metadata>",
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0,0.6 L8,4 L0,7.4 z" fill="{ARROW}"/></marker>',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(_curve(layout, arrow) for arrow in layout.drawn),
    ]
    for line, rooms in enumerate(ROWS):
        if begins(line):
            parts.append(_text(rooms[0][0], MARGIN, layout.top[line] - LETTER, 'font-weight="bold"'))
        for room in rooms:
            fill, edge = COLOURS["domain" if rooms is DOMAINS else room[0]]
            x, y, wide = layout.x[room], layout.top[line], layout.wide[room]
            parts.append(
                f'<rect x="{x - wide / 2:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{BOX}" rx="5" fill="{fill}" '
                f'stroke="{edge}"/>'
            )
            parts.append(_text(room[1], x, y + BOX / 2 + LETTER / 3, 'text-anchor="middle"'))
    return "\n".join([*parts, "</svg>", ""])


def _text(words: str, x: float, y: float, more: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" {more}>{words}</text>'


def _curve(layout: Layout, arrow: Arrow) -> str:
    """The path of an arrow: up from its room, past the lines between in its lane, to its target."""
    room, target = arrow
    points = [(layout.port(arrow, 0), layout.top[ROW[room]])]
    if arrow in layout.lane:
        lane = layout.lane[arrow]
        points += [(lane, layout.top[ROW[room] - 1] + BOX), (lane, layout.top[ROW[target] + 1])]
    points.append((layout.port(arrow, 1), layout.top[ROW[target]] + BOX))
    path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        path += f" C{x0:.1f},{middle:.1f} {x1:.1f},{middle:.1f} {x1:.1f},{y1:.1f}"
    return f'<path d="{path}" fill="none" stroke="{ARROW}" stroke-width="1.1" marker-end="url(#head)"/>'


if __name__ == "__main__":
    FILE.write_text(draw(), encoding="utf-8")
