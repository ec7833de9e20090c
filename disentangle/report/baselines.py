"""What a picture system is measured against: experiments beside its folder that share its seed and its data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from disentangle.report.experiment import Experiment, read
from disentangle.report.rows import Comparison, compared

TABLES = (  # systems that answer the same question
    ("infogan", "gan", "infogan_no_critic", "infogan_no_code", "vae"),
    ("vaegan", "vaegan_three_class", "vae", "ae", "gan"),
    ("bigan", "ae_l1", "ae_l2", "latent_regressor", "untrained_encoder", "raw_pixels"),
    ("triplegan", "labels_only", "consistency_only"),
    ("dann", "dann_alternating", "source_only", "target_only", "dann_additions", "source_only_additions"),
)
SHARED = ("kind", "labels", "held_out", "size")  # of the data


@dataclass(frozen=True)
class Beside:
    """A table of scores with the experiment's own column first.

    Args:
        names: of the columns.
        rows: the scores that the experiment has.
    """

    names: tuple[str, ...]
    rows: list[Comparison]


def beside(experiment: Experiment) -> Beside | None:
    """The experiment and its baselines in one table; None where it has no scores or no baselines are there."""
    if not (experiment.system and experiment.scores):
        return None
    others = sorted(_baselines(experiment), key=lambda other: other.name)
    if not others:
        return None
    rows = [row for row in compared([experiment, *others]) if row.entry.name in experiment.scores]
    return Beside((experiment.name, *(other.name for other in others)), rows)


def _baselines(experiment: Experiment) -> Iterator[Experiment]:
    systems = {system for table in TABLES if experiment.system in table for system in table}
    here = experiment.folder.resolve()
    for path in sorted(here.parent.glob("*/scores.json")):
        if path.parent == here:
            continue
        other = _of_pictures(path.parent)
        if other and other.system in systems and other.seed == experiment.seed and _data(other) == _data(experiment):
            yield other


def _of_pictures(folder: Path) -> Experiment | None:
    """A neighbour, or None where it is no experiment or cannot be read: it is not what the page is asked for."""
    try:
        found = read(folder)
    except ValueError:
        return None
    return found if found.system else None


def _data(experiment: Experiment) -> tuple[object, ...]:
    data = experiment.config.get("data")
    return tuple(data.get(key) for key in SHARED) if isinstance(data, Mapping) else ()
