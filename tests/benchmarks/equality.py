"""Equality of implementations: person by person with the same draws, on average with draws of their own."""

from statistics import mean, variance

import numpy as np

from tests.benchmarks.slices import Slice

FAR = 4.0  # standard errors
NEAR = 1e-5  # single against double precision over some years


def differences(compared: Slice, people: int, months: int, seed: int = 1) -> list[str]:
    """Differences from our implementation with the same draws: counts of any month, and persons at the end."""
    every, ours = compared.implementations(people, seed, addressed=True), compared.ours
    found = []
    for month in range(months):
        counts = {name: tuple(implementation.step()) for name, implementation in every.items()}
        found += [
            f"{name}, month {month}: {compared.counts} {given}, ours {counts[ours]}"
            for name, given in counts.items()
            if given != counts[ours]
        ]
    ends = {name: implementation.columns() for name, implementation in every.items()}
    for name, end in ends.items():
        for column, values in ends[ours].items():
            if column in compared.near:
                wrong = np.flatnonzero(~np.isclose(end[column], values, rtol=0, atol=NEAR))
            else:
                wrong = np.flatnonzero(end[column] != values)
            if len(wrong):
                found.append(f"{name}, {column}: {len(wrong)} of {len(values)} rows differ, first row {wrong[0]}")
    return found


def distances(compared: Slice, people: int, months: int, seeds: int) -> dict[str, float]:
    """Difference of mean counts between Mesa, with draws of its own, and ours, in standard errors by count."""
    makers, totals = (compared.columns[compared.ours], compared.mesa), {}
    for make in makers:
        runs = [make(compared.rules(people, seed)) for seed in range(seeds)]
        totals[make] = [np.sum([run.step() for _ in range(months)], axis=0) for run in runs]
    found = {}
    for at, count in enumerate(compared.counts):
        ours, twin = ([float(total[at]) for total in totals[make]] for make in makers)
        error = ((variance(ours) + variance(twin)) / seeds) ** 0.5
        gap = abs(mean(ours) - mean(twin))
        found[count] = gap / error if error else float("inf") if gap else 0.0
    return found
