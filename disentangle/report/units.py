"""How numbers are written: shares as percentages, everything else with its own unit and decimals."""

from typing import Literal

Unit = Literal["share", "cost", "dB", "correlation", "bits", "seconds", ""]

ARROWS = {"higher": "↑", "lower": "↓", "": ""}
FORMATS: dict[str, tuple[int, int, str]] = {  # unit -> factor, decimals, sign
    "share": (100, 1, " %"),
    "cost": (1, 3, ""),
    "dB": (1, 2, " dB"),
    "correlation": (1, 2, ""),
    "bits": (1, 2, " bits"),
    "seconds": (1000, 1, " ms"),
    "": (1, 3, ""),
}


def shown(value: float | None, unit: str) -> str:
    """A value with its unit, short enough for a table.

    Example:
        >>> shown(0.0425, "share"), shown(6.314, "dB"), shown(0.8, "correlation"), shown(None, "share")
        ('4.2 %', '6.31 dB', '0.80', '–')
    """
    if value is None or value != value:
        return "–"
    factor, decimals, sign = FORMATS[unit]
    return f"{factor * value:.{decimals}f}{sign}"
