"""The figures as a file and as a table."""

import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from benchmarks.clock import Figure
from disentangle import provenance
from disentangle.report.table import console, table
from disentangle.report.writing import write

TITLES = {
    "gan_engine": "GAN 28x28, a round by the engine",
    "gan_by_hand": "GAN 28x28, by hand",
    "gan_engine_over_hand": "GAN 28x28, engine over hand",
    "infogan_engine": "InfoGAN 28x28, a round by the engine",
    "infogan_by_hand": "InfoGAN 28x28, by hand",
    "infogan_engine_over_hand": "InfoGAN 28x28, engine over hand",
    "inversion_together": "inversion, a picture of 256 in one batch, 8 starts of 200 steps each",
    "inversion_pictures_alone_over_together": "inversion, a picture at a time over one batch",
    "inversion_starts_alone_over_together": "inversion, a start at a time over one batch",
    "speech_engine": "speech, a round by the engine",
    "speech_by_hand": "speech, by hand",
    "speech_engine_over_hand": "speech, engine over hand",
    "training": "training",
    "training_without_adversaries": "training without adversaries",
    "data_loading_share": "data loading's share of a step",
    "conversion_real_time_factor": "conversion, real-time factor",
    "live_real_time_factor": "conversion while it is spoken, real-time factor",
}


CLOCK = "processor time on one core (inversion: wall clock on all cores), medians over the repeats"


def save(path: Path, figures: Mapping[str, Figure], data: str, clock: str = CLOCK, module: str = "benchmarks") -> None:
    """Write every figure with its unit and repeats, and how all of them came about."""
    about = {
        "command": shlex.join(["python", "-m", module, *sys.argv[1:]]),
        "commit": provenance.commit(),
        "machine": provenance.machine(),
        "clock": clock,
        "data": data,
    }
    rows = {
        name: {key: value for key, value in asdict(found).items() if value is not None}
        for name, found in figures.items()
    }
    write(path, json.dumps({**about, "figures": rows}, indent=1, ensure_ascii=False) + "\n")


def show(figures: Mapping[str, Figure], data: str, titles: Mapping[str, str] = TITLES) -> None:
    """Print them, what misses its bound marked."""
    shown = table("what", "median", "unit", "quartiles", "bound", "repeats", title=data)
    for name, found in figures.items():
        low, high = found.quartiles
        value, quartiles = f"{found.value:.3g}", f"{low:.3g} to {high:.3g}"
        shown.add_row(titles[name], value, found.unit, quartiles, _bound(found), str(found.repeats))
    console().print(shown)


def _bound(found: Figure) -> str:
    """What the figure must not exceed or must reach, and whether it misses that."""
    if found.least is not None:
        return f"at least {found.least:g}{'' if found.value >= found.least else ' MISSED'}"
    if found.bound is not None:
        return f"{found.bound:g}{'' if found.value <= found.bound else ' EXCEEDED'}"
    return ""
