"""A damaged folder of facts is refused in one clear line."""

import numpy as np
import pandas as pd
import pytest

from abm.facts import facts as inputs


def replaced(old, new):
    """Damage: the first occurrence of a text becomes another."""

    def damage(text):
        assert old in text
        return text.replace(old, new, 1)

    return damage


def without(start):
    """Damage: lines that begin so are gone."""
    return lambda text: "".join(line for line in text.splitlines(keepends=True) if not line.startswith(start))


def doubled(start):
    """Damage: lines that begin so appear twice."""
    return lambda text: "".join(line * (2 if line.startswith(start) else 1) for line in text.splitlines(keepends=True))


DAMAGE = [
    ("municipalities.csv", without("GM0106,"), r"municipalities\.csv: GM0106"),
    ("municipalities.csv", doubled("GM0106,"), "GM0106"),
    ("municipalities.csv", replaced("244441", "244442"), "population"),
    ("municipalities.csv", replaced("244441", ""), "GM0014"),
    ("municipalities.csv", replaced("244441", "many"), "GM0014"),
    ("municipalities.csv", replaced("244441", "inf"), "GM0014"),
    ("municipalities.csv", replaced("244441", "-244441"), "GM0014"),
    ("municipalities.csv", replaced(",407,53,", ",408,53,"), "regular_places_2025"),
    ("municipalities.csv", replaced(",407,53,", ",407,52,"), "emergency_places_2025"),
    ("municipalities.csv", replaced(",898,969,", ",899,969,"), "indicative_places_2026"),
    ("municipalities.csv", replaced(",AM01,", ",AM99,"), "AM99"),
    ("municipalities.csv", replaced(",Drenthe,", ",Drente,"), "Drente"),
    ("municipalities.csv", replaced("population", "inhabitants"), "inhabitants"),
    ("municipalities.csv", replaced("0.463,0.165,", "0.863,0.165,"), r"GM0014 .*income_low_share, income_high_share"),
    ("votes.csv", replaced("146649,0.1319,", "146649,0.9819,"), "GM0014 .*pvv_2023, fvd_2023, ja21_2023"),
    ("votes.csv", replaced("147948,0.0836,", "147948,0.9836,"), "GM0014 .*pvv_2025, fvd_2025, ja21_2025"),
    ("regions.csv", without("AM38,"), r"regions\.csv: number of rows"),
    ("provinces.csv", without("Zeeland,"), r"provinces\.csv: number of rows"),
    ("borders.csv", replaced("GM0014,", "GM9999,"), "GM9999"),
    ("borders.csv", without("GM0060,"), "GM0060"),  # the island loses its ferry
    ("reception_locations.csv", replaced("GM0118,", "GM9999,"), "GM9999"),
    ("reception_locations.csv", replaced(",1000,", ",,"), "Hoogeveen"),
    ("corporation_homes.csv", without("GM0014,2019,"), "2019 GM0014"),
    ("corporation_homes.csv", doubled("GM0014,2019,"), "2019 GM0014"),
    ("corporation_homes.csv", replaced("GM0014,2019,", "GM0014,2099,"), "2099"),
    ("corporation_homes.csv", without("GM0014,"), "GM0014"),
    ("registration_times.csv", without("GM0014,"), r"registration_times\.csv: number of rows"),
    ("registration_times.csv", replaced("GM0014,", "GM9999,"), "GM9999"),
    ("registration_times.csv", replaced("GM0014,5.0,", "GM0014,-5.0,"), "GM0014"),
    ("origins.csv", without("yemen,"), r"applications\.csv: .*yemen"),
    ("applications.csv", without("2019-05,"), "2019-05"),
    ("applications.csv", replaced("2015-01,syria,", "2015-01,syria,9"), "2015"),
    ("applications.csv", replaced("2015-01,syria,", "2015-01,nowhere,"), "nowhere"),
    ("decisions.csv", without("2020,iran,"), "2020 iran"),
    ("decisions.csv", replaced("2015,turkey,5,23,5,0.612", "2015,turkey,5,23,5,1.612"), "2015 turkey"),
    ("decisions.csv", replaced("2015,turkey,5,23,5,0.612", "2015,turkey,5,23,5,"), "2015 turkey"),
    ("national_series.csv", without("closing_capacity,"), "closing_capacity"),
    ("national_series.csv", without("penalty_per_day,2015"), "penalty_per_day"),
    ("national_series.csv", doubled("penalty_per_day,2022"), "penalty_per_day 2022-12"),
    ("national_series.csv", replaced("penalty_per_day,2022-12", "penalty_per_day,2022-13"), "2022-13"),
    ("national_series.csv", replaced("occupancy_norm,2015-01,0.96", "occupancy_norm,2015-01,96"), "occupancy_norm"),
    ("national_series.csv", replaced("coa_occ_norm_2022", "hearsay"), "hearsay"),
    ("national_series.csv", without("tightness,"), "tightness"),
    ("national_series.csv", replaced("unemployment,2016-01,0.074", "unemployment,2016-01,7.4"), "unemployment 2016-01"),
    ("national_series.csv", replaced("minimum_wage_notices", "hearsay"), "hearsay"),
    ("jobs.csv", without("AM24,public,"), "jobs"),
    ("jobs.csv", replaced("AM24,public,46600", "AM24,public,46601"), "sum of jobs"),
    ("jobs.csv", replaced("AM24,public,", "AM24,publik,"), "publik"),
    ("jobs.csv", replaced("AM24,public,", "AM99,public,"), "AM99"),
    ("jobs.csv", doubled("AM24,public,"), "AM24 public"),
    ("commuting.csv", replaced("AM01,AM01,189215", "AM01,AM01,189216"), "sum of workers"),
    ("commuting.csv", replaced("AM01,AM01,", "AM99,AM01,"), "AM99"),
    ("commuting.csv", without("AM24,"), r"commuting\.csv: number of rows"),
    ("commuting.csv", replaced("AM01,AM01,189215", "AM01,AM01,-1"), "AM01 AM01"),
    ("unemployment.csv", without("Zeeland,"), r"unemployment\.csv: number of rows"),
    ("unemployment.csv", replaced("Zeeland,210000,6000", "Zeeland,210000,5000"), "sum of unemployed"),
    ("unemployment.csv", replaced("Zeeland,210000,6000", "Zeeland,201000,6000"), "sum of labour_force"),
    ("unemployment.csv", replaced("Zeeland,", "Zeelande,"), "Zeelande"),
    ("housing_tasks.csv", without("2019-I,"), "half_year"),
    ("housing_tasks.csv", replaced("taak_2023_I", "hearsay"), "hearsay"),
    (
        "sources.yaml",
        replaced("  population: {value: 18044027", "  population: {value: 18044028"),
        r"municipalities\.csv: sum of population",
    ),
    ("sources.yaml", replaced("source: cbs_tenure", "source: hearsay"), "hearsay"),
    ("sources.yaml", lambda text: text.replace("checks:", "totals:"), "checks"),
    ("sources.yaml", lambda text: "a: [b", "sources"),
    ("applications.csv", lambda text: "", "whole file"),
]


@pytest.mark.parametrize(("file", "damage", "named"), DAMAGE, ids=[f"{f}-{n}" for f, _, n in DAMAGE])
def test_damage_is_refused_in_one_line(folder, file, damage, named):
    path = folder / file
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(inputs.DataError, match=named) as refusal:
        inputs.load(folder)
    message = str(refusal.value)
    assert "\n" not in message
    assert message.startswith(file) or r"\.csv: " in named  # another file is named only where it holds the bad row


def test_shares_and_rates_need_workers():
    flows = pd.DataFrame({"region_from": ["X", "X"], "region_to": ["X", "Y"], "workers": [3, 1]})
    with pytest.raises(inputs.DataError, match=r"commuting\.csv: Y: no worker"):
        inputs.commuting_shares({"commuting": flows}, ["X", "Y"])
    rates = pd.DataFrame({"province": ["Middle"], "labour_force": [0], "unemployed": [0]})
    with pytest.raises(inputs.DataError, match=r"unemployment\.csv: Middle \(line 2\): labour_force"):
        inputs.regional_rates({"unemployment": rates, "municipalities": flows}, np.array([0]), ["Middle"])


@pytest.mark.parametrize("file", [f"{table}.csv" for table in inputs.KEYS] + ["sources.yaml"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(inputs.DataError, match=file):
        inputs.load(folder)


def test_bytes_that_are_no_text_are_refused(folder):
    (folder / "origins.csv").write_bytes(b"\xff\xfe\x00origin")
    with pytest.raises(inputs.DataError, match=r"origins\.csv"):
        inputs.load(folder)
