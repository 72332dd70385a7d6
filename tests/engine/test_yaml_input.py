"""One reader for all YAML that people write: YAML 1.2's core schema, bounded, with refusals of one line."""

import pytest
import yaml

from abm.engine.errors import InputError
from abm.engine.yaml_input import MOST_VALUES, nearest, read_value, read_yaml


def refusal(text):
    with pytest.raises(InputError) as error:
        read_value(text, "x")
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 300
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("Null", None), ("true", True), ("False", False), ("TRUE", True), ("tRUE", "tRUE"),
        ("yes", "yes"), ("No", "No"), ("on", "on"), ("off", "off"), ("y", "y"),
        ("010", 10), ("008", 8), ("0o10", 8), ("0x10", 16), ("1.5e0", 1.5), ("1_000", "1_000"), ("0b11", "0b11"),
        ("10:30:00", "10:30:00"), ("190:20:30.15", "190:20:30.15"),
        ("2022-12-14", "2022-12-14"), ("2022-12-14T10:00:00Z", "2022-12-14T10:00:00Z"), ("2027-02-30", "2027-02-30"),
        ("=", "="), ("'true'", "true"), ('"010"', "010"), ("'<<'", "<<"), ("|\n  yes\n", "yes\n"),
        ("{2027-01: 1,2028-01: 2}", {"2027-01": 1, "2028-01": 2}), ("[1,5]", [1, 5]), ("{1: a}", {1: "a"}),
        ("{a: &x [1, 2], b: *x}", {"a": [1, 2], "b": [1, 2]}), ("[&x 1, &x 2, *x]", [1, 2, 2]),
        ('"\\u00e9 \\t \\U0001F600"', "é \t 😀"), ("%YAML 1.2\n---\na: 1", {"a": 1}), ("\ufeffa: 1", {"a": 1}),
    ],
    ids=ascii,
)  # fmt: skip
def test_words_are_read_by_the_core_schema(text, value):
    found = read_value(text, "x")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("!!bool foo", "x: tag !!bool is not taken: remove it"),
        ("!!int ''", "x: tag !!int is not taken"),
        ("!!python/object/apply:os.getcwd []", "x: tag !!python/object/apply:os.getcwd is not taken"),
        ("! a", "x: tag ! is not taken"),
        ("!mine [a]", "x: tag !mine is not taken"),
        ("9" * 5_000, "x: 99999"),
        ("1e400", "x: 1e400 is a number that is too large"),
        ("{<<: {a: 1}}", "x: '<<' is not taken: write the keys out"),
        ("{a: 1, a: 2}", "x: is not valid YAML: key 'a' appears twice"),
        ("{a: 1, 'a': 2}", "x: is not valid YAML: key 'a' appears twice"),
        ("{10: a, 010: b}", "x: is not valid YAML: key '10' appears twice"),
        ("{[1]: 2}", "x: is not valid YAML: a list or mapping cannot be a key"),
        ("{rate: 1,5}", "x: 1,5 is two values: write 1.5, or a space after the comma"),
        ("{rate: -1,5, b: 2}", "x: -1,5 is two values: write -1.5"),
        ("&a [*a]", "x: alias *a stands for nothing before it"),
        ("[&a 1, &a [*a]]", "x: alias *a stands for nothing before it"),
        ("*a", "x: alias *a stands for nothing before it"),
        ("[" * 100_000, "x: is nested too deeply"),
        ("{a: " * 100_000, "x: is nested too deeply"),
        ("- " * 100_000, "x: is nested too deeply"),
        ("--- a\n--- b", "x: is not valid YAML: holds another document"),
        ("%YAML 1.1\n--- a", "x: asks for another YAML than 1.2"),
        ("a: 1\x00", "x: is not valid YAML: holds the control character '\\x00'"),
        ("\ud800", "x: is not valid YAML: holds the control character '\\ud800'"),
        ('"\\0"', "x: text holds '\\x00', which cannot be kept"),
        ('"\\e[31m"', "x: text holds '\\x1b', which cannot be kept"),
        ('"\\ud800"', "x: "),
        ("[b", "x: is not valid YAML"),
        ("a: b: c", "x: is not valid YAML"),
        ("a:\n\tb: 1", "x: is not valid YAML"),
        ("`", "x: is not valid YAML"),
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_what_cannot_be_meant_is_refused_in_one_line(text, said):
    assert refusal(text).startswith(said)


def test_aliases_are_read_within_bounds():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 10)]
    assert f"stands for more than {MOST_VALUES:,} values" in refusal("\n".join(lines))
    assert len(read_value("\n".join(lines[:3]), "x")["a2"]) == 9


def test_a_file_is_named_with_the_line(tmp_path):
    path = tmp_path / "a.yaml"
    for text, line in (("a: 1\nb: [c\n\n", 2), ("a: [b", 1), ("a: 1\nb: 2\na: 3\n", 3), ("# x\nb: !!int 1\n", 2)):
        path.write_text(text)
        with pytest.raises(InputError) as error:
            read_yaml(path)
        assert str(error.value).startswith(f"{path} line {line}: ")


def test_a_million_characters_are_read_or_refused_soon(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("\n".join(f"k{n}: {n}" for n in range(20_000)))
    assert len(read_yaml(path)) == 20_000
    for text in ("a: " + "x" * 999_000, "#" * 999_000):
        path.write_text(text)
        read_yaml(path)
    path.write_text("? " * 400_000)
    with pytest.raises(InputError, match="nested too deeply"):
        read_yaml(path)


def test_plain_yaml_is_read_as_by_others():
    text = "a: {b: [1, -2.5, x], c: null}\nd: 'it''s'\ne: >\n  folded\n  text\nf: |\n  two\n  lines\n? g\n: h\n"
    assert read_value(text, "x") == yaml.safe_load(text)


def test_the_nearest_of_many_words():
    assert nearest("polcy", ["policy", "world"]) == ": did you mean 'policy'?"
    assert nearest("zzz", ["policy", "world"]) == ": choose from policy, world"
    assert len(nearest("q" * 1_000_000, [f"name-{n}" for n in range(3_000)])) < 300
    assert nearest(10**5_000, ["a"]) == ": choose from a"
