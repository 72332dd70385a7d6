"""applications.csv, decisions.csv and origins.csv from small files, worked by hand."""

import pandas as pd
import pytest

from abm.engine.errors import InputError
from abm.facts.csv_tables import MONTHS, YEARS
from scripts.facts import asylum
from tests.helpers.sources import given

ORIGINS = """origin,name_en,name_nl,members,male_share,family_share,safe,language
other,Other,Overig,UNK,0,0,0,mixed
syria,Syria,Syrië,SYR|IRQ,0,0,0,arabic
"""
HEAD = "year,coo_iso,coa_iso,dec_level,dec_recognized,dec_other,dec_rejected,dec_closed\n"


def decided(tmp_path, *rows):
    files = given(tmp_path, tables={"origins": ORIGINS}, decisions=HEAD + "".join(f"{row}\n" for row in rows))
    return asylum.decisions(files).set_index(["year", "origin"])


def test_decisions_by_group(tmp_path):
    """Syria and Iraq are one group; a code without a group is other; only first decisions in the Netherlands."""
    made = decided(
        tmp_path, "2015,SYR,NLD,FI,10,20,30,5", "2015,IRQ,NLD,FI,10,0,10,5", "2015,KEN,NLD,FI,1,0,2,0",
        "2015,SYR,NLD,RA,99,99,99,99", "2015,SYR,BEL,FI,99,99,99,99", "2016,KEN,NLD,FI,0,0,8,2",
        "2016,SYR,NLD,FI,60,0,20,20",
    )  # fmt: skip
    counts = ["granted", "rejected", "closed"]
    assert made.loc[(2015, "syria"), counts].tolist() == [40, 40, 10]
    assert made.loc[(2015, "other"), counts].tolist() == [1, 2, 0]
    assert made.loc[(2020, "syria"), counts].tolist() == [0, 0, 0]
    assert len(made) == len(YEARS) * 2


def test_grant_rates_of_few_decisions_lean_on_those_of_all_years(tmp_path):
    """Syria over all years: 110 of 170 granted. With 10 decisions: (10 x 1 + 50 x 110/170) / 60."""
    made = decided(
        tmp_path, "2015,SYR,NLD,FI,40,0,40,10", "2016,SYR,NLD,FI,60,0,20,20", "2017,SYR,NLD,FI,10,0,0,0",
        "2016,KEN,NLD,FI,0,0,8,2",
    )  # fmt: skip
    rates = made["grant_rate"].xs("syria", level="origin")
    assert rates[[2015, 2016, 2017, 2018]].tolist() == [0.5, 0.75, 0.7059, 0.6471]


def test_closed_shares_are_of_the_years_that_agree(tmp_path):
    """2016: 20 of 100 closed; 2015 is not one of those years."""
    made = decided(tmp_path, "2015,SYR,NLD,FI,40,0,40,10", "2016,SYR,NLD,FI,60,0,20,20", "2016,KEN,NLD,FI,0,0,8,2")
    shares = made["closed_share"].xs("syria", level="origin")
    assert shares[[2015, 2016, 2025]].tolist() == [0.2, 0.2, 0.2]


def test_closings_are_counted_or_what_stocks_and_flows_leave_over(tmp_path):
    """Every month 90 first and 10 repeat applications; a tenth of the decisions of the pooled years closed one.

    Counted: 12 in 2015, 60 in 2016. In 2017 the Dublin share of 30% of 70 decided gives 30; in 2016 19% of the 600
    gave 114 of 60 closed, so 30 stand for 30 / 1.9 closed. From July to December 2021 600 applied, none was
    decided, and the stock grew by 6,900. In 2019 a tenth of 100 applicants a month is usual.
    """
    rows = ["2015,SYR,NLD,FI,0,0,88,12", "2016,SYR,NLD,FI,540,0,0,60", "2017,SYR,NLD,FI,70,0,0,0"]
    applications = "month,origin,first,repeat\n" + "".join(f"{month},syria,90,10\n" for month in MONTHS)
    tables = {"origins": ORIGINS, "applications": applications}
    files = given(tmp_path, tables=tables, decisions=HEAD + "".join(f"{row}\n" for row in rows))
    made = asylum.closings(files)
    assert made["flow"][["2015-01", "2016-01"]].tolist() == [1, 5]
    assert made["flow"]["2017-01"] == pytest.approx(30 / 1.9 / 12)
    assert made["ratio"]["2017-01"] == 1
    assert made.loc["2019-01"].tolist() == pytest.approx([10, 1])
    assert made.loc["2021-07"].tolist() == pytest.approx([(600 - 6_900) / 6, (600 - 6_900) / 60])


def test_shares_by_sex(tmp_path):
    """Three men of four: 0.75; families 0.82 x 0.25. Other countries, ages and years do not count."""
    head = "citizen,sex,age,applicant,geo,TIME_PERIOD,OBS_VALUE\n"
    rows = [
        "SY,M,TOTAL,FRST,NL,2015,9", "SY,M,TOTAL,ASY_APP,NL,2015,1", "IQ,M,TOTAL,ASY_APP,NL,2024,2",
        "SY,F,TOTAL,ASY_APP,NL,2016,1", "SY,F,Y18-34,ASY_APP,NL,2016,9", "SY,F,TOTAL,ASY_APP,DE,2016,9",
        "SY,F,TOTAL,ASY_APP,NL,2014,9", "SY,T,TOTAL,ASY_APP,NL,2016,9", "UNK,M,TOTAL,ASY_APP,NL,2016,1",
        "UNK,F,TOTAL,ASY_APP,NL,2016,1",
    ]  # fmt: skip
    files = given(tmp_path, tables={"origins": ORIGINS}, sexes=head + "\n".join(rows) + "\n")
    made = asylum.origins(files).set_index("origin")
    assert made.loc["syria", ["male_share", "family_share"]].tolist() == [0.75, 0.205]
    assert made.loc["other", ["male_share", "family_share"]].tolist() == [0.5, 0.41]
    assert made.loc["syria", "language"] == "arabic"


def test_a_file_without_nationalities_is_refused(tmp_path):
    head = "citizen,sex,age,geo,TIME_PERIOD,OBS_VALUE\n"
    files = given(tmp_path, tables={"origins": ORIGINS}, sexes=head + "TOTAL,M,TOTAL,NL,2015,2\n")
    with pytest.raises(InputError, match="has no row of a nationality by sex: give migr_asyappctza"):
        asylum.origins(files)


def test_applications_of_a_small_country(tmp_path):
    """Syria and other people in the figures of years and quarters that are transcribed, months even before 2018.

    UNHCR has 1200 first and 24 repeat applications of other people in 2015: all of what is left of the year.
    """
    origins = ORIGINS.replace("SYR|IRQ", "SYR")
    unhcr = "year,coo_iso,coa_iso,app_type,dec_level,applied\n" + "".join(
        f"{year},KEN,NLD,N,NA,1200\n{year},KEN,NLD,R,RA,24\n{year},SYR,NLD,New,NA,5\n" for year in YEARS
    )
    months = [month.replace("-", "M") for month in MONTHS if month < "2019-05"]
    tsv = "citizen,sex,age,geo\\time\t" + "\t".join(months) + "\nTOTAL,T,TOTAL,NL" + "\t100" * len(months) + "\n"
    files = given(tmp_path, tables={"origins": origins}, applications=unhcr, months__tsv=tsv)
    made = asylum.applications(files)
    wide = made.assign(first=made["first"].astype(float)).pivot(index="month", columns="origin", values="first")
    assert wide.loc["2015-01":"2015-12"].sum().round(2).to_dict() == {"other": 43095 - 18675, "syria": 18675}
    assert wide.loc["2015-07"].to_dict() == {"other": 2035, "syria": 1556.25}
    assert wide.loc["2018-01":"2018-03"].sum().sum() == pytest.approx(
        4155 * 20510 / (4155 + 4320 + 6205 + 5835), abs=0.1
    )
    assert wide.loc["2020-04", "syria"] == pytest.approx(360 / 3 * 4070 / (1095 + 360 + 1370 + 1245), abs=0.01)
    repeat = made.set_index(["month", "origin"])["repeat"]
    assert (repeat["2015-03", "other"], repeat["2015-03", "syria"]) == ("2.00", "0.00")


EVEN = {year: [3, 3, 3, 3] for year in YEARS}


def test_months_follow_what_is_known_of_them():
    """2015: 12 months of 10 scaled to 240. 2016: a quarter of three months, one of one month, one that is left over."""
    months = pd.Series({f"2015-{month:02d}": 10.0 for month in range(1, 13)})
    months = pd.concat([months, pd.Series({"2016-01": 5.0, "2016-02": 10.0, "2016-03": 15.0, "2016-04": 6.0})])
    quarters = {year: values for year, values in EVEN.items() if year > 2015} | {2016: [60, 60, 90, None]}
    totals = pd.Series(dict.fromkeys(YEARS, 12.0) | {2015: 240.0, 2016: 300.0})
    made = asylum.by_month(months, quarters, totals)
    assert list(made.index) == MONTHS
    assert made[made.index.str.startswith("2015")].tolist() == [20] * 12
    # the first quarter scales months by 2: so does April, and May and June share the rest of their quarter
    expected = [10, 20, 30, 12, 24, 24, 30, 30, 30, 30, 30, 30]
    assert made[made.index.str.startswith("2016")].tolist() == pytest.approx(expected)
    assert made["2025-12"] == 1


def test_groups_of_a_year_add_up_to_it_by_largest_remainders():
    """10 and 20 a year, even over months: 0.8333 and 1.6667 a month; 12 cents are due, to the larger remainders."""
    national = pd.Series(dict.fromkeys(MONTHS, 2.5))
    made = asylum.in_months(2020, pd.Series({"a": 10.0, "b": 20.0}), national, {})
    assert made["a"].tolist() == [0.83] * 12
    assert made["b"].tolist() == [1.67] * 12
    assert round(made.to_numpy().sum(), 2) == 30


def test_a_group_with_quarters_of_its_own_follows_these_and_others_get_what_is_left():
    """Quarters 3, 3, 3 and what is left of 12, so 1 a month; of 2 a month nationally 1 is left for b."""
    national = pd.Series(dict.fromkeys(MONTHS, 2.0))
    figures = {"a": {"quarters": {2020: [6, 3, 0, None]}}}
    made = asylum.in_months(2020, pd.Series({"a": 12.0, "b": 12.0}), national, figures)
    assert made["a"].tolist() == [2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 1, 1]
    assert made["b"].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 1, 1, 1]


def test_months_of_eurostat_are_those_of_all_applicants_in_the_country(tmp_path):
    rows = [
        "unit,citizen,sex,age,asyl_app,geo\\time\t2015M02 \t2015M01 ",
        "PER,TOTAL,T,TOTAL,ASY_APP,NL\t15 \t10 ",
        "PER,SY,T,TOTAL,ASY_APP,NL\t5 \t6 ",
        "PER,TOTAL,M,TOTAL,ASY_APP,NL\t5 \t6 ",
        "PER,TOTAL,T,TOTAL,NASY_APP,NL\t5 \t6 ",
    ]
    files = given(tmp_path, months__tsv="\n".join(rows) + "\n")
    assert asylum.monthly(files).to_dict() == {"2015-01": 10, "2015-02": 15}
