"""national_series.csv, housing_tasks.csv, provinces.csv and totals: a few are computed, the others looked up."""

import dataclasses

from abm.facts.csv_tables import MONTHS, YEARS
from scripts.facts import national, transcribed
from scripts.facts.__main__ import TABLES
from scripts.facts.table import Given
from tests.helpers.sources import given, kept

SERIES = """name,from,value,unit,source,note
closing_capacity,2016-01,0,persons/month,unhcr_decisions,half of those that leave the queue
closing_capacity,2024-01,0,persons/month,unhcr_decisions,half of those that leave the queue
closing_ratio,2024-01,0,ratio,unhcr_decisions,over the pooled shares
decision_capacity,2015-01,0,persons/month,unhcr_decisions,over 12
decision_capacity,2016-01,200.0,persons/month,unhcr_decisions,over 12
repeat_capacity,2015-01,0,persons/month,unhcr_decisions,over 12
repeat_grant_rate,2016-01,0,share,unhcr_decisions,
appeal_success,2015-01,0.15,share,appeal_2024,upheld in over 85% of cases
cost_regular,2015-01,24963,EUR/person/year,assumption|coa_cost_2021_month,a month of 2080.25 times 12
minimum_wage,2015-01,0,EUR/month,assumption,
"""
HEAD = "year,coo_iso,coa_iso,dec_level,dec_recognized,dec_other,dec_rejected,dec_closed\n"


ORIGINS = "origin,name_en,name_nl,members,male_share,family_share,safe,language\nother,O,O,SYR,0,0,0,mixed\n"
APPLICATIONS = "month,origin,first,repeat\n" + "".join(f"{month},other,90,10\n" for month in MONTHS)


def test_capacities_are_decisions_of_a_year_over_12(tmp_path):
    """First: 12 x 100 and 12 x 200 judged, 36 and 120 closed. Repeat: 60 judged of 2015; 10 of 40 granted in 2016.

    60% of the 120 closed in 2016 are 6 a month. In 2024 1,200 applied, 4 were decided and the stock grew by 1,000, so
    196 were closed, where the pooled share, 120 of 2,524 decisions, would close 57.
    """
    rows = ["2015,SYR,NLD,FI,700,100,400,36", "2016,SYR,NLD,FI,2000,0,400,120", "2015,SYR,NLD,RA,0,0,60,0"]
    rows += ["2016,SYR,NLD,RA,4,6,30,9"] + [
        f"{year},SYR,NLD,{level},1,0,1,0" for year in YEARS[2:] for level in ("FI", "RA")
    ]
    tables = {"national_series": SERIES, "origins": ORIGINS, "applications": APPLICATIONS}
    files = given(tmp_path, tables=tables, decisions=HEAD + "\n".join(rows) + "\n")
    made = national.series(files)["value"].tolist()
    computed = ["6", "9.8", "3.4386", "100", "200.0", "5", "0.25"]  # what is right stays as it is written
    assert made == [*computed, "0.15", "24963", "0"]


def findings(table, files, **documents):
    return {
        one.row: (one.status, one.missing)
        for one in TABLES[table].findings(dataclasses.replace(files, documents=documents))
    }


def test_a_value_or_the_figures_of_its_note_must_be_in_the_document(tmp_path):
    files = given(tmp_path, tables={"national_series": SERIES})
    appeal = kept(tmp_path / "appeal.html", "<p>In ruim 85 procent van de zaken kreeg de dienst gelijk.</p>")
    cost = kept(tmp_path / "cost.txt", "De kostprijs is 2.081 euro per maand.")
    found = findings("national_series", files, appeal_2024=appeal, coa_cost_2021_month=cost)
    assert found["appeal_success 2015-01"] == ("confirmed", "")
    assert found["cost_regular 2015-01"] == ("not found", "24963, 2080.25")
    assert found["minimum_wage 2015-01"] == ("computed or assumed", "")
    assert found["decision_capacity 2016-01"] == ("computed or assumed", "")
    assert findings("national_series", files)["appeal_success 2015-01"] == ("no document", "")


def test_a_row_of_two_documents_is_not_given_up_while_one_is_lacking(tmp_path):
    tasks = "half_year,task,source,rule\n2015-I,14000,taak_2015_I|task_2016_i,observed\n"
    files, text = given(tmp_path, tables={"housing_tasks": tasks}), kept(tmp_path / "page.txt", "niets")
    other = kept(tmp_path / "other.txt", "14 duizend")
    assert findings("housing_tasks", files, taak_2015_I=text)["2015-I"] == ("no document", "")
    assert findings("housing_tasks", files, taak_2015_I=text, task_2016_i=other)["2015-I"] == ("confirmed", "")
    assert findings("housing_tasks", files, taak_2015_I=text, task_2016_i=text)["2015-I"] == ("not found", "14000")


def test_first_applications_are_looked_up_by_year_and_quarter(tmp_path):
    """Figures of 2015 and of two quarters of 2018, in a page and a table; the last quarter of 2024 is left over."""
    years = kept(tmp_path / "years.txt", "In 2015 waren er 43.095 eerste asielaanvragen")
    quarters = kept(tmp_path / "quarters.csv", "2018-I;4155\n2018-II;4320\n")
    found = findings("applications", Given(), asyl_nat_series=years, cbs_quarters_2018_2024=quarters)
    assert found["all 2015"] == ("confirmed", "")
    assert found["all 2016"] == ("not found", "19370")
    assert [found[f"all 2018-{name}"][0] for name in transcribed.QUARTERS] == ["confirmed"] * 2 + ["not found"] * 2
    assert "all 2024-IV" not in found


def test_tasks_of_provinces_are_looked_up(tmp_path):
    provinces = "province,spread_law_task_2024,coa_task_2024\nDrenthe,2791,3000\n"
    files = given(tmp_path, tables={"provinces": provinces})
    found = findings("provinces", files, spread_law_2024=kept(tmp_path / "law.txt", "Drenthe 2.791 plekken"))
    assert found == {"Drenthe spread_law_task_2024": ("confirmed", ""), "Drenthe coa_task_2024": ("no document", "")}


def test_totals_of_sources_yaml_are_looked_up(tmp_path):
    page = kept(tmp_path / "page.txt", "Op 1 januari 2025 telde Nederland 18 044 027 inwoners")
    found = findings("sources", Given(), cbs_key_figures_2025=page)
    assert found["population"] == ("confirmed", "")
    assert found["municipalities_by_year 2015"] == ("no document", "")
    assert "sectors" not in found
