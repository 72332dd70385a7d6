"""Whole runs and sweeps beside their goals, and beside the commit before, measured in turn."""

import subprocess
import sys
import tarfile
import tempfile
import time
from io import BytesIO
from pathlib import Path
from statistics import median

from tests.benchmarks import full_run
from tests.benchmarks.reporting import report

ROOT = Path(__file__).parents[2]
GB = 1e9
MOST = {  # (what, scale) -> most seconds
    ("summary", 1.0): 9.0,
    ("recorded", 1.0): 12.0,
    ("summary", 0.1): 1.6,
    ("policy", 0.1): 0.8,
}
MOST_BYTES = {("policy", 0.1): 0.35e9, ("summary", 1.0): 0.9e9}  # of a worker
SWEEPS = {  # words -> policies, seeds, scale, most minutes
    "1,000 runs: 40 policies from 2027, 25 seeds": (40, 25, 0.1, 8.0),
    "a ladder of 32 points, 8 seeds": (32, 8, 0.2, 6.0),
}
WORDS = {
    "summary": "a run with the measures of the summary, warm [s]",
    "recorded": "a run with all measures [s]",
    "policy": "a policy from 2027, state read, run kept [s]",
}


def report_all(quick: bool, against: str) -> None:
    """Print all figures; `against`: the commit that runs are compared with."""
    scale, repeats = (0.02, 1) if quick else (None, 3)
    report_runs(scale, repeats)
    report_sweeps(quick)
    report_against(against, scale or 0.1, repeats)


def report_runs(scale: float | None, repeats: int) -> None:
    """Print the time and memory of single runs, each in a process of its own; scale: instead of that of the goals."""
    print(f"\nRuns in processes of their own, median of {repeats}")
    for (what, usual), most in MOST.items():
        found = [full_run.fresh(what, scale or usual) for _ in range(repeats)]
        seconds = median(each["seconds"] for each in found)
        report(f"scale {scale or usual:g}: {WORDS[what]}", f"<= {most:g}", f"{seconds:.2f}{_more(found[-1])}")
        if (what, usual) in MOST_BYTES:
            most_bytes, held = MOST_BYTES[what, usual] / GB, median(each["bytes"] for each in found) / GB
            report(f"scale {scale or usual:g}: memory of a worker [GB]", f"<= {most_bytes:g}", f"{held:.2f}")


def _more(found: dict) -> str:
    if "again" in found:
        return f" ({found['again']:.2f} where the state is in memory; {found['first']:.2f} with the history)"
    return f" ({found['used']:.2f} of a processor)" if "used" in found else ""


def report_sweeps(quick: bool) -> None:
    """Print the minutes of sweeps by two workers, from the start of the command to its end."""
    print("\nSweeps by two workers, start included, with the measures of the summary")
    for words, (policies, seeds, scale, most) in SWEEPS.items():
        minutes = swept(*((4, 2, 0.02) if quick else (policies, seeds, scale))) / 60
        report(f"{words} [min]", f"<= {most:g}", f"{minutes:.2f}" + " (4 policies, 2 seeds, scale 0.02)" * quick)


def swept(policies: int, seeds: int, scale: float) -> float:
    """Seconds of a sweep of policies from 2027 on, as a command."""
    with tempfile.TemporaryDirectory() as folder:
        design = Path(folder) / "policies.yaml"
        design.write_text(
            f"scenarios: {ROOT / 'configs/scenarios/current.yaml'}\nscale: {scale}\nreplicates: {seeds}\n"
            "measures: summary\nlevers:\n  method: grid\n  from: 2027-01\n  parameters:\n"
            f"    policy.decision.capacity_factor: {{low: 1.01, high: 1.8, levels: {policies}}}\n"
        )
        command = [sys.executable, "-m", "experiments", "sweep", str(design), "--workers", "2", "--store", folder]
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        return time.perf_counter() - began


def report_against(commit: str, scale: float, repeats: int) -> None:
    """Print the time of a run of this model over that of another commit, measured in turn."""
    print(f"\nThis model over {commit}, scale {scale:g}, {repeats} alternating repeats")
    with tempfile.TemporaryDirectory() as folder:
        try:
            content = subprocess.run(["git", "archive", commit], check=True, capture_output=True, cwd=ROOT).stdout
        except (OSError, subprocess.CalledProcessError):
            print("  not measured: there is no such commit here")
            return
        with tarfile.open(fileobj=BytesIO(content)) as files:
            files.extractall(folder, filter="data")
        for what in ("full", "recorded"):  # which every commit has
            for root in (ROOT, Path(folder)):
                full_run.fresh(what, scale, root=root)  # compiles its kernels
            both = (ROOT, Path(folder))
            pairs = [[full_run.fresh(what, scale, root=root)["seconds"] for root in both] for _ in range(repeats)]
            ratio = median(ours / its for ours, its in pairs)
            mine, its = (median(each) for each in zip(*pairs, strict=True))
            report(f"{what}: seconds over seconds", "-", f"{mine:.2f} / {its:.2f} = {ratio:.2f}")
