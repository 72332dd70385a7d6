"""How numbers are written for people."""

import numpy as np


def number(value: float) -> str:
    """A number for people: 12,345 or 3.4; nothing where there is none."""
    if np.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
