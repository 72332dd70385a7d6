"""Ten thousand damaged scenarios, designs, targets and values of --set: each is valid, or refused in one line."""

import json
import random
import re
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from abm import scenario
from abm.engine.errors import InputError
from experiments.__main__ import assignments
from experiments.designs import design
from experiments.validation import targets

CONFIGS = Path(__file__).parents[2] / "configs"
CASES = 10_000
LONGEST = 500  # characters of a message, without the path
PATIENCE = 20  # seconds
NASTY = [
    *("", "\ufeff", "~", "yes", "no", "on", "010", "0o17", "0x1F", "1_000", "10:30:00", "1.5e0", "1e400", "+1", "1."),
    *(".inf", "-.inf", ".nan", "38.000", "1.125", "1.500.000", "1,5", "1,500", "40%", "\u0663", "\u00b2", "1\u00a0000"),
    *("2027-01", "2027-13", "2027-02-30", "2022-12-14T10:00:00Z", "{}", "[]", "{2027-01: 1}", "[1,5]", "{a: 1,5}"),
    *("!!bool foo", "!!int ''", "!!float x", "!!timestamp z", "!!binary ====", "!!set {a, b}", "!!omap [a]", "! x"),
    *("!!python/object/apply:os.getcwd []", "&a [*a]", "*a", "&a x", "<<", "<<: {a: 1}", "? [a]", "- -", "%YAML 1.1"),
    *('"\\ud800"', '"\\0"', '"\\e[31m"', '"\\x9b2J"', '"\\u202e"', '"a\\nb"', "\x00", "\x1b[2J", "\x85", "\u2028"),
    *("\t", "|", ">", "---", "...", "# x", "'", '"', "`", "@", "a: b: c", "[b", "{b", "]", "}"),
    *("9" * 5_000, "0." + "3" * 5_000, "x" * 3_000, "a.yaml" * 300, "/dev/zero", "/etc/passwd"),
    *(".", "..", "~root", "\\"),
    *("[" * 300, "{a: " * 300, "- " * 300, "[a, " * 30 + "]" * 30, "policy.*", "*.*.*", "world.*.*", "C1", "[]: x"),
    *(str(2**63), str(2**64), str(-(2**64)), "1e308", "-1", "0", "true", "null", "scenario", "now.yaml", "loop.yaml"),
]  # fmt: skip
WORD = re.compile(rb"[^\s:,{}\[\]#]+")
DESIGNS = [
    "scenarios: now.yaml\nreplicates: 2\nlevers:\n  method: grid\n  from: 2027-01\n  parameters:\n"
    "    policy.decision.capacity_factor: [1, 1.5]\n"
    "    policy.housing.flex_share: {low: 0.1, high: 0.9, levels: 3}\n",
    "name: listed\ntitle: Some points\nscenarios: [now.yaml]\nuntil: 2029-12\nscale: 0.1\nseed: 3\nlevers:\n"
    "  method: list\n  points:\n    - {policy.coupling.rule: region}\n"
    "    - {policy.money.decision_term: {2020-01: 9}}\n",
    "scenarios: now.yaml\nrandom_numbers: independent\nmost_runs: 64\nuncertainties:\n  method: latin_hypercube\n"
    "  samples: [4, 4]\n  seed: 7\n  parameters:\n    world.arrival.mix_years:\n"
    "    world.arrival.family_size: {high: 4}\n",
    "scenarios: now.yaml\nlevers:\n  method: ladder\n  to: then.yaml\n  groups:\n    a: policy.money.*\n",
]
THEN = "policy:\n  decision: {capacity_factor: {2027-01: 1.5, 2028-01: 2}}\n  money: {decision_term: 9}\n"
SET = [
    "policy.decision.capacity_factor=1.5",
    "policy.placement.rule=quota",
    "policy.placement.ties_first=true",
    "world.arrival.mix_years=3",
    "policy.money.decision_term={2018-01: 9, 2027-01: 12}",
]


def mutated(text: bytes, luck: random.Random) -> bytes:
    """The text with one to three mistakes in it."""
    for _ in range(luck.choice((1, 1, 1, 1, 2, 3))):
        text = luck.choice(MISTAKES)(text, luck)
    return text


def flipped(text: bytes, luck: random.Random) -> bytes:
    changed = bytearray(text)
    for _ in range(luck.randint(1, 4) if text else 0):
        changed[luck.randrange(len(changed))] ^= 1 << luck.randrange(8)
    return bytes(changed)


def relined(text: bytes, luck: random.Random) -> bytes:
    """A line left out, doubled, moved, or put deeper."""
    lines = text.split(b"\n")
    a, b = luck.randrange(len(lines)), luck.randrange(len(lines))
    match luck.randrange(4):
        case 0:
            del lines[a]
        case 1:
            lines.insert(b, lines[a])
        case 2:
            lines[a], lines[b] = lines[b], lines[a]
        case 3:
            lines[a] = b" " * luck.randint(1, 6) + lines[a]
    return b"\n".join(lines)


def replaced(text: bytes, luck: random.Random) -> bytes:
    """A word, a key or what stands in brackets replaced by something nasty."""
    words = list(WORD.finditer(text))
    if not words:
        return nasty(luck)
    word = luck.choice(words)
    return text[: word.start()] + nasty(luck) + text[word.end() :]


def inserted(text: bytes, luck: random.Random) -> bytes:
    at = luck.randint(0, len(text))
    return text[:at] + nasty(luck) + text[at:]


def ended(text: bytes, luck: random.Random) -> bytes:
    return text[: luck.randint(0, len(text))]


def nasty(luck: random.Random) -> bytes:
    return luck.choice(NASTY).encode("utf-8", "surrogatepass")


MISTAKES = (flipped, flipped, relined, relined, replaced, replaced, replaced, inserted, ended)


@pytest.fixture
def corpus(tmp_path):
    """Small files that are right, by kind, in a folder where their neighbours are; and how each kind is read."""
    for path in (CONFIGS / "scenarios").glob("*.yaml"):
        shutil.copy(path, tmp_path)
    (tmp_path / "now.yaml").write_text("until: 2030-12\nscale: 0.5\ntitle: As it is\n", encoding="utf-8")
    (tmp_path / "then.yaml").write_text(THEN, encoding="utf-8")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    scenarios = [path.read_bytes() for path in sorted((CONFIGS / "scenarios").glob("*.yaml"))]
    observed = (CONFIGS / "targets" / "observed.yaml").read_bytes().split(b"\n  - id: ")
    some = [b"\n  - id: ".join([observed[0], *observed[at : at + 3]]) for at in range(1, len(observed) - 3, 3)]
    return {
        "scenario": (scenarios, scenario.load),
        "design": ([text.encode() for text in DESIGNS], design.load),
        "target": (some, targets.load),
        "--set": ([text.encode() for text in SET], None),
    }


def kept(found) -> None:
    """Keep what was read as a record does."""
    if isinstance(found, list):
        [json.dumps(target.model_dump(mode="json")).encode() for target in found]
    else:
        json.dumps(found.canonical(), allow_nan=False)
        f"{found.name} {found.title}".encode()


def impatient(*_) -> None:
    raise TimeoutError(f"longer than {PATIENCE} s")


@pytest.mark.slow
def test_damaged_input_is_valid_or_refused_in_one_line(corpus, tmp_path, capsys):
    luck, path, counts, wrong = random.Random(1984), tmp_path / "mutated.yaml", Counter(), []
    for texts, read in corpus.values():
        for text in texts:  # right as they are
            path.write_bytes(text)
            kept(read(path) if read else scenario.default().with_values(assignments([text.decode()])))
    default, before = scenario.default(), signal.signal(signal.SIGALRM, impatient)
    for case in range(CASES):
        kind = list(corpus)[case % len(corpus)]
        texts, read = corpus[kind]
        text = mutated(luck.choice(texts), luck)
        named = "--set" if read is None else str(path)
        signal.alarm(PATIENCE)
        try:
            if read is None:
                found = default.with_values(assignments([text.decode("utf-8", "surrogateescape")]))
            else:
                path.write_bytes(text)
                found = read(path)
            kept(found)
            counts[kind, "valid"] += 1
        except InputError as error:
            said = str(error)
            counts[kind, "refused"] += 1
            # what is extended, or named by a design, is named itself
            names = said.startswith((named, str(tmp_path), "/etc/passwd: "))
            if not (names and said.isprintable() and len(said.replace(str(tmp_path), "")) < LONGEST):
                wrong.append((case, kind, text[:300], said))
        except Exception as error:  # any other is what this test looks for
            counts[kind, type(error).__name__] += 1
            wrong.append((case, kind, text[:300], repr(error)))
        finally:
            signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    with capsys.disabled():
        print("\n" + "\n".join(f"{kind:10} {outcome:10} {n:6,}" for (kind, outcome), n in sorted(counts.items())))
    assert wrong == []
    for kind in corpus:  # neither is empty: what is right is still read, and what is wrong is found
        assert min(counts[kind, "valid"], counts[kind, "refused"]) > CASES / len(corpus) / 50
