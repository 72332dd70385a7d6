"""How a figure is printed."""


def told(what: str, goal: str, measured: str) -> None:
    """Print one line of goal and measured."""
    print(f"  {what:44} goal {goal:8} measured {measured}", flush=True)
