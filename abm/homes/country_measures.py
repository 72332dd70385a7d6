"""The indicators of the country as a whole: its households, its homes and how many are short."""

from abm.observe.measure import Month, level


@level("homes", en="Shortage of homes in the country", nl="Woningtekort in het land")
def shortage(month: Month) -> float:
    """Households of the country over its homes, with those that share a home."""
    return float(month.state.nation.shortage[0])


@level("homes", en="Homes in the country", nl="Woningen in het land")
def dwellings(month: Month) -> float:
    """Homes of all owners at the end of the month."""
    return float(month.state.nation.dwellings[0])


@level(
    "ratio",
    en="Households of the rest of the country, over those of January 2015",
    nl="Huishoudens van de rest van het land, ten opzichte van januari 2015",
)
def household_ratio(month: Month) -> float:
    """Households of the rest of the country, over those of January 2015."""
    return float(month.state.nation.household_ratio[0])


@level("homes", en="Homes of corporations", nl="Woningen van corporaties")
def corporation_stock(month: Month) -> float:
    """Homes of corporations: on 1 January of the year, and from 2025 on at the start of the month."""
    return float(month.state.municipalities.homes.sum())


@level("homes/month", en="New homes of corporations", nl="Nieuwe corporatiewoningen")
def corporation_built(month: Month) -> float:
    """Homes that corporations built this month, starter homes not included."""
    return float(month.state.municipalities.built.sum())
