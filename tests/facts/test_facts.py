"""The facts load as published, whatever else stands in their folder."""

import os
import pickle

import numpy as np
import pytest

from abm.facts import facts as inputs


@pytest.fixture(scope="module")
def facts():
    return inputs.load()


def month(text):
    return inputs.MONTHS.index(text)


def origin(facts, name):
    return facts.origins.origin.tolist().index(name)


def town(facts, code):
    return facts.municipalities.gm_code.tolist().index(code)


def region(facts, code):
    return facts.regions.region_code.tolist().index(code)


# --- known answers, worked out by hand from the published tables


def test_groningen_as_published(facts):
    row = facts.municipalities.set_index("gm_code").loc["GM0014"]
    assert (row.population, row.regular_places_2025, row.emergency_places_2025) == (244_441, 407, 53)
    assert row.task_balance_2015 == -7 - 152 - 20  # Ten Boer, Groningen and Haren
    assert row.employment_rate == pytest.approx(0.61)
    region = facts.regions.loc[facts.municipality_region[town(facts, "GM0014")]]
    assert (region.region_code, region.jobs_per_1000_inhabitants) == ("AM01", 480)


def test_missing_task_balance_follows_the_mean(facts):
    towns = facts.municipalities.set_index("gm_code")
    filled = towns[towns.task_balance_2015_imputed == 1]
    assert len(filled) == 12
    assert towns.task_balance_2015.sum() - filled.task_balance_2015.sum() == -15_162
    assert towns.loc["GM0537"].task_balance_2015 == -58  # Katwijk: 67 thousand inhabitants at -0.866 per thousand


def test_yearly_applications_equal_the_published_totals(facts):
    years = facts.first_applications.reshape(11, 12, -1).sum(axis=(1, 2))
    published = [43095, 19370, 16145, 20510, 22540, 13720, 24740, 35535, 38375, 32175, 24140]
    np.testing.assert_allclose(years, published, atol=0.01)


def test_syrians_by_year_equal_the_published_series(facts):
    years = facts.first_applications[:, origin(facts, "syria")].reshape(11, 12).sum(axis=1)
    published = [18675, 2865, 2970, 2960, 3675, 4070, 8380, 12650, 13030, 11525, 3285]
    np.testing.assert_allclose(years, published, atol=0.1)


@pytest.mark.parametrize(
    ("when", "persons"),
    [
        ("2015-10", 10_120 * 43_095 / 44_975),  # Eurostat month at the scale of the year
        ("2018-08", 6_205 * 2_490 / (2_285 + 2_490 + 2_640) * 20_510 / 20_515),  # CBS quarter, Eurostat months inside
        ("2019-04", 2_125 * 5_380 / (2_160 + 1_940 + 2_190)),  # at the scale of the first quarter
        ("2020-05", 1_255 / 3),
        ("2023-11", 12_975 / 3),
        ("2024-12", (32_175 - 8_965 - 7_710 - 8_115) / 3),
        ("2025-11", (24_140 - 16_600) / 3),
    ],
)
def test_applications_of_a_month(facts, when, persons):
    assert facts.first_applications[month(when)].sum() == pytest.approx(persons, abs=0.1)


def test_syrian_quarter_of_its_own(facts):
    assert facts.first_applications[month("2021-07"), origin(facts, "syria")] == pytest.approx(2_545 / 3, abs=0.01)


def test_repeat_applications_are_even_over_the_year(facts):
    totals = facts.repeat_applications.reshape(11, 12, -1)
    assert np.ptp(totals, axis=1).max() == 0
    assert totals[9].sum() == pytest.approx(1_576, abs=0.5)


@pytest.mark.parametrize(
    ("year", "name", "rate"),
    [
        (2025, "syria", 78 / (78 + 233)),
        (2022, "turkey", (1_594 + 392) / (1_594 + 392 + 45)),
        # 5 of 5 in 2016 is too few: mixed with all years, 5473 of 6178, at 5/55
        (2016, "yemen", 5 / 55 * 1.0 + 50 / 55 * 5_473 / 6_178),
    ],
)
def test_grant_rate(facts, year, name, rate):
    assert facts.grant_rate[year - 2015, origin(facts, name)] == pytest.approx(rate, abs=1e-4)


def test_closed_share(facts):
    syria = facts.closed_share[:, origin(facts, "syria")]
    np.testing.assert_allclose(syria, 3_186 / (22_577 + 1_289 + 3_186), atol=1e-4)


def test_corporation_homes(facts):
    assert facts.corporation_homes[0, town(facts, "GM0014")] == 37_894 + 1_508
    assert facts.corporation_homes[10, town(facts, "GM1982")] == 8_821 + 185
    published = [2304505, 2281742, 2273731, 2268383, 2300031, 2298885, 2301737, 2305772, 2312981]
    np.testing.assert_allclose(facts.corporation_homes[:9].sum(axis=1), published, rtol=0.006)


def test_tasks(facts):
    tasks = dict(zip(facts.task_halves, facts.tasks, strict=True))
    assert len(tasks) == 23
    assert (tasks["2016-I"], tasks["2021-II"], tasks["2023-II"]) == (20_000, 11_000, 19_975)
    assert (tasks["2015-I"], tasks["2022-I"], tasks["2026-I"]) == (14_000, 9_979, 15_000)


@pytest.mark.parametrize(
    ("name", "when", "value"),
    [
        ("decision_capacity", "2022-06", (13_729 + 771 + 1_747) / 12),
        ("closing_capacity", "2016-06", 9_573 / 12 * 0.6),
        # applications of the year, less decisions on the merits, less the change of the stock; 40% of them vanish
        ("closing_capacity", "2024-06", (32_175 + 1_576 - 19_816 - 1_338 - 1_000) / 12 * 0.6),
        ("closing_ratio", "2018-06", 1),
        ("repeat_grant_rate", "2017-01", 1_710 / (1_710 + 1_152)),
        ("reunion_capacity", "2017-12", 14_490 / 12 / 0.69),
        ("reunion_capacity", "2018-01", 6_463 / 12 / 0.785),
        ("reunion_capacity", "2020-07", 3_865 / 12 / 0.785),
        ("reunion_capacity", "2025-05", 12_790 / 0.88 / 8.73),
        ("freed_homes_rate", "2016-01", 169_000 / 2_301_737),
        ("cost_regular", "2020-01", 2_080.25 * 12),
        ("cost_municipal", "2024-01", 69_400),
        ("occupancy_norm", "2023-10", 0.96),
        ("occupancy_norm", "2023-11", 0.91),
        ("tightness", "2015-03", 18),  # carried back
        ("tightness", "2019-02", 100 * 280.9 / 424),
        ("tightness", "2022-06", 100 * 463.7 / 327),
        ("unemployment", "2016-01", 0.074),
        ("unemployment", "2025-12", 0.04),
        ("minimum_wage", "2015-06", 1_501.80),
        ("minimum_wage", "2019-07", 1_635.60),
        ("minimum_wage", "2025-12", 2_245.80),
        ("social_assistance", "2016-12", 960.83),  # no figure between
        ("social_assistance", "2017-01", 0.7 * 1_403.98),
        ("social_assistance", "2025-07", 1_369.06),
    ],
)
def test_series(facts, name, when, value):
    assert facts.series[name][month(when)] == pytest.approx(value, rel=5e-4)


def test_a_step_holds_until_the_next_and_the_last_for_ever(facts):
    per_day = [facts.series_at("penalty_per_day", m) for m in (0, 65, 66, 94, 95, 999)]  # 2020-07 is 66, 2022-12 is 95
    assert per_day == [100, 100, 0, 0, 100, 100]
    assert facts.series_at("flex_homes", 71) == 0
    assert facts.series_at("flex_homes", 72) == 1_840
    with pytest.raises(inputs.DataError, match="no_such_series"):
        facts.series_at("no_such_series", 0)


def test_a_yearly_row_holds_for_its_year_and_the_last_for_ever(facts):
    homes = [facts.of_year("corporation_homes", m)[town(facts, "GM1982")] for m in (95, 96, 119, 120, 999)]
    assert homes == [8_604 + 185, 8_592 + 222, 8_623 + 262, 8_821 + 185, 8_821 + 185]  # 2022, 2023, 2024, 2025, later


def test_the_wage_of_a_month_is_what_its_hours_make(facts):
    hourly = {"2024-01": 13.27, "2024-07": 13.68, "2025-01": 14.06, "2025-07": 14.40}  # 36 hours a week
    for when, wage in hourly.items():
        assert facts.series["minimum_wage"][month(when)] == pytest.approx(wage * 36 * 52 / 12, rel=1e-3)
    assert facts.series_at("minimum_wage", len(inputs.MONTHS)) == pytest.approx(14.71 * 36 * 52 / 12, rel=1e-3)


def test_social_assistance_is_below_the_minimum_wage_and_neither_falls(facts):
    wage, assistance = facts.series["minimum_wage"], facts.series["social_assistance"]
    assert (np.diff(wage) >= 0).all()
    assert (np.diff(assistance) >= 0).all()
    assert ((assistance / wage > 0.58) & (assistance / wage < 0.66)).all()


def test_jobs_of_a_region_by_sector(facts):
    assert facts.jobs[region(facts, "AM01"), facts.sectors.index("trade")] == 74_730
    assert facts.jobs[region(facts, "AM18"), facts.sectors.index("public")] == 196_670
    assert facts.jobs.sum() == 9_141_660
    assert facts.sectors == sorted(facts.sectors)
    groningen = facts.municipality_region == region(facts, "AM01")
    per_thousand = 1_000 * facts.jobs[region(facts, "AM01")].sum() / facts.municipalities.population[groningen].sum()
    assert per_thousand == pytest.approx(facts.regions.jobs_per_1000_inhabitants[region(facts, "AM01")], abs=1)


def test_commuters_of_a_region(facts):
    home = facts.commuting[region(facts, "AM01")]
    assert home[region(facts, "AM01")] == pytest.approx(0.8768, abs=5e-5)  # 189,215 of 215,802
    assert home[region(facts, "AM24")] == 0  # no flow of ten workers to Zeeland
    np.testing.assert_allclose(facts.commuting.sum(axis=1), 1)
    assert (np.diag(facts.commuting) > 0.3).all()


def test_unemployment_of_a_region_is_that_of_its_provinces(facts):
    groningen = (602_833 * 14 / 332 + 163_089 * 8 / 267) / (602_833 + 163_089)  # four of its towns lie in Drenthe
    assert facts.regional_unemployment[region(facts, "AM01")] == pytest.approx(groningen)
    assert facts.regional_unemployment[region(facts, "AM24")] == pytest.approx(6 / 210)  # Zeeland
    people = np.bincount(facts.municipality_region, facts.municipalities.population)
    assert np.average(facts.regional_unemployment, weights=people) == pytest.approx(0.0356, abs=5e-4)


def test_origins_do_not_overlap(facts):
    members = "|".join(facts.origins.members).split("|")
    assert len(members) == len(set(members))
    assert facts.origins.set_index("origin").loc["yemen", "male_share"] == pytest.approx(
        7_225 / (7_225 + 1_410), abs=1e-4
    )


def test_registration_times(facts):
    years = {code: facts.registration_years[town(facts, code)] for code in ("GM0363", "GM0344", "GM0047", "GM0935")}
    assert years == {"GM0363": 13.8, "GM0344": 11.3, "GM0047": 1.1, "GM0935": 3.5}  # the last by region
    assert (facts.registration_years > 7).mean() == pytest.approx(0.32, abs=0.01)  # 90 of 212 were, in 2020


def test_reception_locations_of_2015(facts):
    assert facts.locations.places.sum() == 37_480
    assert facts.locations.gm_code.nunique() == 64
    heumen = facts.locations.set_index("gm_code").loc["GM0252"]
    assert (heumen.kind, heumen.places, heumen.ends) == ("emergency", 3_000, "2016-06")


def test_shapes_and_read_only(facts):
    shapes = {
        "first_applications": (132, 15),
        "repeat_applications": (132, 15),
        "grant_rate": (11, 15),
        "closed_share": (11, 15),
        "corporation_homes": (11, 342),
        "registration_years": (342,),
        "border_pairs": (882, 2),
        "municipality_region": (342,),
        "jobs": (35, 10),
        "commuting": (35, 35),
        "regional_unemployment": (35,),
    }
    for name, shape in shapes.items():
        assert getattr(facts, name).shape == shape
        assert not getattr(facts, name).flags.writeable
    assert all(values.shape == (132,) and not values.flags.writeable for values in facts.series.values())


def test_digest_sees_every_byte_and_name(facts, folder):
    assert inputs.digest(folder) == facts.digest
    (folder / "provinces.csv").write_bytes((folder / "provinces.csv").read_bytes() + b"\n")
    changed = inputs.digest(folder)
    (folder / "provinces.csv").rename(folder / "provincie.csv")
    assert len({facts.digest, changed, inputs.digest(folder)}) == 3


def test_what_editors_leave_makes_no_other_facts(facts, folder):
    for name in (".DS_Store", ".~lock.provinces.csv#", "provinces.csv~", "#provinces.csv#", "copy.csv", "notes.txt"):
        (folder / name).write_text("x")
    (folder / ".#provinces.csv").symlink_to("someone@host.123:456")  # Emacs, to nowhere
    with open(os.fsencode(folder) + b"/\xff.csv", "wb") as file:
        file.write(b"x")
    assert inputs.digest(folder) == facts.digest
    assert inputs.load(folder).digest == facts.digest


@pytest.mark.parametrize("month", [0, 65, 200, 999])
def test_a_series_until_a_month_is_that_of_each_month(facts, month):
    found = facts.series_until("penalty_per_day", month)
    assert found.tolist() == [facts.series_at("penalty_per_day", each) for each in range(month + 1)]


def test_what_depends_on_the_facts_alone_is_found_once_and_does_not_travel_with_them(facts):
    def taxed(given, name, rate):
        calls.append(name)
        return rate * given.series_at(name, 0)

    calls, copy = [], pickle.loads(pickle.dumps(facts))
    assert [copy.kept(taxed, "minimum_wage", rate) for rate in (2, 2, 3)] == [
        rate * facts.series_at("minimum_wage", 0) for rate in (2, 2, 3)
    ]
    assert len(calls) == 2
    assert pickle.loads(pickle.dumps(copy)).kept(taxed, "minimum_wage", 2) == copy.kept(taxed, "minimum_wage", 2)
    assert len(calls) == 3
