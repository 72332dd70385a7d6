"""commuting.csv, jobs.csv and unemployment.csv from small files, worked by hand."""

import pytest

from abm.engine.errors import InputError
from scripts.facts import work
from tests.helpers.sources import given

# municipalities of 2017; 4 becomes 2, 5 and 6 become 3, 7 is parted into 1 (a quarter) and 2
FLOWS = """muni_from,muni_to,workers
GM0001,GM0002,100
GM0001,GM0001,50
GM0004,GM0005,10
GM0006,GM0005,30
GM0007,GM0007,16
"""


def test_flows_are_brought_to_present_municipalities_and_summed_by_region(tmp_path):
    """1 and 2 are AM01, 3 is AM02. Within AM01: 100 + 50 + 16; from 4 to 5: 10; within AM02: 30."""
    made = work.commuting(given(tmp_path, flows=FLOWS))
    assert made.values.tolist() == [["AM01", "AM01", 166], ["AM01", "AM02", 10], ["AM02", "AM02", 30]]


def test_a_municipality_that_is_parted_sends_and_gets_by_its_shares(tmp_path):
    """16 who live and work in 7: a quarter squared in 1, and so on."""
    wide = work.flows(given(tmp_path, flows="from,to,workers\nGM0007,GM0007,16\n"))
    assert wide.loc["GM0001", ["GM0001", "GM0002"]].tolist() == [1, 3]
    assert wide.loc["GM0002", ["GM0001", "GM0002"]].tolist() == [3, 9]


def test_flows_of_another_year_are_refused(tmp_path):
    with pytest.raises(InputError, match="GM9999 was no municipality in 2017"):
        work.flows(given(tmp_path, flows="from,to,workers\nGM0001,GM9999,16\n"))


SECTIONS = {"A": (1.2, 0), "B-E": (2.4, 3), "TOTAL": (99, 99)} | dict.fromkeys(
    ["F", "G-I", "J", "K", "L", "M_N", "O-Q", "R-U"], (0, 0)
)
AREAS = "nace_r2,wstatus,unit,geo\\time\t2017 \t2016 \n" + "".join(
    f"{code},EMP,THS,{area}\t{value} \t99 \n"
    for code, (here, there) in SECTIONS.items()
    for area, value in (("NL131", here), ("NL32A", there), ("NL13", 77))
)


def test_jobs_of_an_area_go_where_workers_come(tmp_path):
    """Area NL131 holds 1 and 2, both of AM01; NL32A is 3 alone."""
    flows = "from,to,workers\nGM0001,GM0001,25\nGM0001,GM0002,75\nGM0005,GM0005,10\n"
    corop = "gm_code,nuts3\nGM0001,NL131\nGM0002,NL131\nGM0003,NL32A\n"
    made = work.jobs(given(tmp_path, areas__tsv=AREAS, flows=flows, corop=corop)).set_index(["region_code", "sector"])
    jobs = made["jobs"]
    assert jobs["AM01", "agriculture"] == 1200
    assert jobs["AM01", "industry"] == 2400
    assert jobs["AM02", "industry"] == 3000
    assert jobs.sum() == 6600
    assert len(jobs) == 2 * 10


def test_an_area_over_two_regions_is_spread_by_workers(tmp_path):
    """One COROP area with 1 (AM01, 25 workers) and 3 (AM02, 75 workers): a quarter and three quarters, to tens."""
    flows = "from,to,workers\nGM0001,GM0001,25\nGM0001,GM0005,75\nGM0002,GM0002,5\n"
    corop = "gm_code,nuts3\nGM0001,NL131\nGM0002,NL32A\nGM0003,NL131\n"
    jobs = work.jobs(given(tmp_path, areas__tsv=AREAS, flows=flows, corop=corop)).set_index(["region_code", "sector"])
    assert jobs.loc[("AM01", "agriculture"), "jobs"] == 300
    assert jobs.loc[("AM02", "agriculture"), "jobs"] == 900
    assert jobs.loc[("AM01", "industry"), "jobs"] == 600 + 3000


def test_a_municipality_without_an_area_is_refused(tmp_path):
    corop = "gm_code,nuts3\nGM0001,NL131\nGM0002,NL131\n"
    with pytest.raises(InputError, match="GM0003 has no COROP area: add its row"):
        work.jobs(given(tmp_path, areas__tsv=AREAS, flows=FLOWS, corop=corop))


def test_unemployment_is_of_2023_in_persons(tmp_path):
    text = (
        '"ID";"RegioS";"Perioden";"Beroepsbevolking_1";"WerklozeBeroepsbevolking_3"\n'
        '"0";"PV30";"2023JJ00";1450;51\n"1";"PV20";"2023JJ00";330;14\n"2";"PV20";"2022JJ00";320;13\n'
        '"3";"NL01";"2023JJ00";9999;99\n"4";"GM0014";"2023JJ00";99;9\n'
    )
    made = work.unemployment(given(tmp_path, provinces=text))
    assert made.values.tolist() == [["Groningen", 330_000, 14_000], ["Noord-Brabant", 1_450_000, 51_000]]
