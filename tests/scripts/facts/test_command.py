"""The command: what it says, writes and returns; every table has one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from abm.facts.csv_tables import FOLDER, KEYS
from scripts.facts.__main__ import TABLES, main, of_list
from tests.helpers.sources import kept

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path):
    """A copy of the tables, to write in."""
    return Path(shutil.copytree(FOLDER, tmp_path / "data"))


def changed(folder, file, old, new):
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def test_every_table_has_a_command():
    assert set(TABLES) == set(KEYS) | {"sources"}


def test_a_table_that_is_as_its_sources_make_it(capsys):
    assert main(["registration_times", "--check"]) == 0
    assert capsys.readouterr().out.startswith("registration_times.csv: the same, byte for byte\n")


def test_a_figure_that_was_changed_is_named(folder, capsys):
    changed(folder, "registration_times.csv", "GM0014,5.0,municipality", "GM0014,6.0,municipality")
    assert main(["registration_times", "--check", "--folder", str(folder)]) == 1
    assert "1 difference\n  row GM0014: years stands as 6.0, the sources give 5.0\n" in capsys.readouterr().out


def test_rows_that_are_lost_or_added_are_named(folder, capsys):
    changed(folder, "registration_times.csv", "GM0014,5.0,municipality\n", "GM9999,5.0,municipality\n")
    assert main(["registration_times", "--check", "--folder", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "row GM9999: stands, and the sources do not have it" in said
    assert "row GM0014: is in the sources, and does not stand" in said


def test_only_a_few_differences_are_shown(folder, capsys):
    text = (folder / "registration_times.csv").read_text("utf-8").replace(",neighbours", ",guess")
    (folder / "registration_times.csv").write_text(text, "utf-8")
    assert main(["registration_times", "--check", "--folder", str(folder)]) == 1
    lines = [line for line in capsys.readouterr().out.split("\n") if line.startswith("  ")]
    assert len(lines) == 6
    assert lines[-1].startswith("  and ")


def test_a_table_is_written_byte_for_byte(folder, capsys):
    before = (folder / "registration_times.csv").read_bytes()
    changed(folder, "registration_times.csv", "GM0014,5.0,municipality", "GM0014,6.0,municipality")
    assert main(["registration_times", "--folder", str(folder)]) == 0
    assert (folder / "registration_times.csv").read_bytes() == before
    assert "registration_times.csv: written" in capsys.readouterr().out


def test_a_check_writes_nothing(folder):
    changed(folder, "registration_times.csv", "GM0014,5.0,municipality", "GM0014,6.0,municipality")
    before = (folder / "registration_times.csv").read_bytes()
    main(["registration_times", "--check", "--folder", str(folder)])
    assert (folder / "registration_times.csv").read_bytes() == before


KEY_FIGURES = "RegioS;Perioden;TotaleBevolking_1;TotaalParticuliereHuishoudens_11\n"


def figures(path, folder):
    """Inhabitants and households as StatLine would give them for the table that stands."""
    head, *rows = (folder / "municipalities.csv").read_text("utf-8").strip().split("\n")
    code, people, households = (head.split(",").index(name) for name in ("gm_code", "population", "households"))
    lines = [row.replace('"Nuenen, Gerwen', '"Nuenen Gerwen').split(",") for row in rows]
    return kept(path, KEY_FIGURES + "".join(f"{row[code]};2025JJ00;{row[people]};{row[households]}\n" for row in lines))


def test_a_part_of_a_table_can_be_checked_but_not_written(folder, tmp_path, capsys):
    path = str(figures(tmp_path / "70072ned.csv", folder))
    assert main(["municipalities", "--key-figures", path, "--check"]) == 0
    assert (
        "2 of 23 columns checked, the same; not checked for want of a file: name, province" in capsys.readouterr().out
    )
    before = (folder / "municipalities.csv").read_bytes()
    assert main(["municipalities", "--key-figures", path, "--folder", str(folder)]) == 2
    assert "municipalities.csv: no file gives name, province" in capsys.readouterr().err
    assert (folder / "municipalities.csv").read_bytes() == before


def test_without_files_it_tells_what_a_table_is_made_of(capsys):
    assert main(["corporation_homes"]) == 0
    said = capsys.readouterr().out
    assert "--tenure FILE  StatLine 82900NED" in said
    assert "source cbs_tenure: https://www.cbs.nl/nl-nl/cijfers/detail/82900NED" in said


def test_documents_confirm_or_do_not(tmp_path, capsys):
    page = kept(tmp_path / "page.txt", "18.044.027 inwoners op 1 januari 2025")
    assert main(["sources", "--document", f"cbs_key_figures_2025={page}"]) == 0
    assert " rows or figures looked up: 1 confirmed, " in capsys.readouterr().out
    kept(page, "17.942.942 inwoners op 1 januari 2024")
    assert main(["sources", "--document", f"cbs_key_figures_2025={page}"]) == 1
    assert "  not found: population in cbs_key_figures_2025 (looked for 18044027)\n" in capsys.readouterr().out


def test_a_list_of_tables(tmp_path, capsys):
    """Paths are seen from the folder of the list."""
    (tmp_path / "sources").mkdir()
    figures(tmp_path / "sources" / "70072ned.csv", FOLDER)
    kept(tmp_path / "sources" / "page.txt", "18.044.027 inwoners")
    path = kept(
        tmp_path / "list.yaml",
        "registration_times:\nmunicipalities: {key_figures: sources/70072ned.csv}\nsources:\n"
        "documents: {cbs_key_figures_2025: sources/page.txt}\n",
    )
    assert main(["all", str(path), "--check"]) == 0
    said = capsys.readouterr().out
    assert "registration_times.csv: the same" in said
    assert "municipalities.csv: 2 of 23 columns checked, the same" in said
    assert " rows or figures looked up: 1 confirmed, " in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("villages: {a: b}", "villages: no such table: choose from applications"),
        ("votes: {result: b}", "votes.result: no such input: it has votes_2023, votes_2025, compiled"),
        ("- votes", "is no list of tables"),
        ("votes: [", "line 1: is not valid YAML"),
        ("votes: {compiled: nowhere.csv}", "nowhere.csv: cannot be read (No such file or directory)"),
        ("documents: {nobody: a.txt}\nvotes:", "--document nobody: give SOURCE=FILE, with a source of sources.yaml"),
    ],
)
def test_a_list_that_cannot_be_is_refused_in_one_line(tmp_path, capsys, text, words):
    assert main(["all", str(kept(tmp_path / "list.yaml", text)), "--check"]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["votes", "--compiled", "FILE"], "has no column like 'gm_code'"),
        (["applications", "--months", "FILE"], "--applications: is needed"),
        (["borders", "--map", "FILE"], "is no JSON with 'features'"),
        (["votes", "--document", "kiesraad_2025"], "--document kiesraad_2025: give SOURCE=FILE"),
        (["votes", "--compiled", "FILE", "--folder", "FILE"], "sources.yaml: whole file"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, capsys, words, expected):
    path = kept(tmp_path / "file.csv", "a,b\n1,2\n")
    assert main([str(path) if word == "FILE" else word for word in words]) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert said.count("\n") == 1


def test_a_file_with_other_contents_than_expected_is_refused_in_one_line(tmp_path, capsys):
    """Years that are no years."""
    path = kept(tmp_path / "file.csv", "year,coo_iso,level,applied\nlast,SYR,new,3\n")
    assert main(["applications", "--applications", str(path), "--months", str(path)]) == 2
    said = capsys.readouterr().err
    assert "file.csv: not as published: compare with docs/facts.md (ValueError" in said
    assert said.count("\n") == 1


def test_the_example_of_a_list_names_every_table_and_file():
    """All files but those that stand in for others: tables in which figures are together, measured or summed."""
    found = of_list(ROOT / "scripts" / "facts" / "example.yaml", FOLDER)
    assert sorted(table.name for table, _ in found) == sorted(TABLES)
    for table, files in found:
        assert set(table.inputs) - set(files.files) <= {"compiled", "pairs", "by_region"}
        assert set(files.documents) == {"taak_2015_I", "wait_nos_2020_more"}


def test_the_page_on_facts_tells_of_every_table_and_file():
    page = (ROOT / "docs" / "facts.md").read_text("utf-8")
    for name, table in TABLES.items():
        row = next(line for line in page.split("\n") if line.startswith(f"| {name} |"))
        assert all(f"`--{each.replace('_', '-')}`" in row for each in table.inputs), name
        assert not table.findings or table.inputs or "`--document`" in row, name


def test_it_runs_from_the_root_of_the_repository():
    words = [sys.executable, "-m", "scripts.facts", "--help"]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(name in said for name in TABLES)
