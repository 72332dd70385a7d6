"""Printing a measured figure beside its goal."""


def report(what: str, goal: str, measured: str) -> None:
    """Print one line of goal and measured."""
    print(f"  {what:44} goal {goal:8} measured {measured}", flush=True)
