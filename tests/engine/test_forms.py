"""Forms: every kind of mistake in one line, with the keys that a person wrote."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, StrictBool, StrictInt

from abm.engine.errors import InputError
from abm.engine.forms import Form, Takes, mistake, read


class Bed(Form):
    """A way to sleep."""

    kind: Literal["bed"]
    size: float = Field(1.0, gt=0.5, le=2.5)


class Sofa(Form):
    """Another one."""

    kind: Literal["sofa"]
    seats: StrictInt = Field(2, ge=1)


class Room(Form):
    """A room."""

    id: str
    floor: Annotated[int, Takes("a floor, like 3", "a floor")] = 0
    tags: tuple[str, ...] = ()
    lit: StrictBool = False
    sleep: Annotated[Bed | Sofa, Field(discriminator="kind")] | None = None
    start: Any = Field(None, alias="from")
    prices: dict[str, float] = {}


class House(Form):
    """A house."""

    rooms: list[Room] = Field([], min_length=1)
    colour: Annotated[str, Takes("one of red, on", quoted=True)] = "red"

    @classmethod
    def refuse(cls, key: Any) -> None:
        """Raise that a house has no such thing."""
        raise mistake("is no part of a house", key)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "None holds no keys: write a mapping with rooms, colour"),
        ([1], "a list holds no keys: write a mapping with rooms, colour"),
        ({"garden": 1}, "garden: is no part of a house"),
        ({3: 1}, "3: is no part of a house"),
        ({"rooms": 3}, "rooms: 3 is not allowed: give a list"),
        ({"rooms": []}, "rooms: [] is not allowed: give at least one"),
        ({"rooms": [3]}, "rooms: 3 holds no keys: write a mapping with id, floor, tags, lit"),
        ({"rooms": [{}]}, "rooms: has no 'id:': write it"),
        ({"rooms": [{"id": "hall", "flor": 1}]}, "rooms: hall: unknown key 'flor': did you mean 'floor'?"),
        (
            {"rooms": [{"id": "hall", "start": 1}]},
            "rooms: hall: unknown key 'start': choose from id, floor, tags, lit,",
        ),
        ({"rooms": [{"id": "a"}, {"id": "b", "floor": "up"}]}, "rooms: b: floor: 'up' is not a floor: give a"),
        ({"rooms": [{"id": "a", "tags": "x"}]}, "rooms: a: tags: 'x' is not allowed: give a list"),
        ({"rooms": [{"id": "a", "tags": ["x", 3]}]}, "rooms: a: tags: 3 is not allowed: give text, in quotes"),
        ({"rooms": [{"id": "a", "lit": "yes"}]}, "rooms: a: lit: 'yes' is not allowed: give true or false"),
        ({"rooms": [{"id": "a", "sleep": {"kind": "bed", "size": "big"}}]}, "rooms: a: sleep: size: 'big' is not allo"),
        (
            {"rooms": [{"id": "a", "sleep": {"kind": "bed", "size": 0.5}}]},
            "rooms: a: sleep: size: 0.5 is not allowed: give a number above 0.5",
        ),
        (
            {"rooms": [{"id": "a", "sleep": {"kind": "bed", "size": 3}}]},
            "rooms: a: sleep: size: 3 is not allowed: give a number of at most 2.5",
        ),
        (
            {"rooms": [{"id": "a", "sleep": {"kind": "bed", "size": float("nan")}}]},
            "rooms: a: sleep: size: nan is not allowed: give a number",
        ),
        (
            {"rooms": [{"id": "a", "sleep": {"kind": "sofa", "seats": 0}}]},
            "rooms: a: sleep: seats: 0 is not allowed: give a whole number of at least 1",
        ),
        (
            {"rooms": [{"id": "a", "sleep": {"kind": "sofa", "size": 1}}]},
            "rooms: a: sleep: unknown key 'size': choose from kind, seats",
        ),
        (
            {"rooms": [{"id": "a", "prices": {"day": "much"}}]},
            "rooms: a: prices: day: 'much' is not allowed: give a nu",
        ),
        ({"rooms": [{"id": "a", "prices": {3: 1}}]}, "rooms: a: prices: 3 is not allowed: give text, in quotes"),
        ({"colour": True}, "colour: True is not allowed: give one of red, on in quotes"),
        ({"colour": 3}, "colour: 3 is not allowed: give one of red, on in quotes"),
        ({"colour": None}, "colour: None is not allowed: give one of red, on"),
    ],
    ids=str,
)
def test_mistakes_are_told_in_one_line(content, said):
    with pytest.raises(InputError) as error:
        read(House, content, "house.yaml")
    assert str(error.value).startswith(f"house.yaml: {said}")
    assert "\n" not in str(error.value)


def test_what_is_between_keys_can_be_chosen():
    with pytest.raises(InputError, match=r"^x: rooms\.a\.floor: 'up' is not a floor"):
        read(House, {"rooms": [{"id": "a", "floor": "up"}]}, "x", ".")


def test_good_content_is_read_and_frozen():
    found = read(House, {"rooms": [{"id": "a", "from": 3, "sleep": {"kind": "sofa"}}]}, "x")
    assert (found.rooms[0].start, found.rooms[0].sleep, found.colour) == (3, Sofa(kind="sofa"), "red")
    assert Room.written() == ["id", "floor", "tags", "lit", "sleep", "from", "prices"]
    with pytest.raises(ValueError, match="frozen"):
        found.colour = "blue"


def test_long_content_is_shortened():
    with pytest.raises(InputError) as error:
        read(House, {"rooms": "x" * 10_000}, "x")
    assert len(str(error.value)) < 120
