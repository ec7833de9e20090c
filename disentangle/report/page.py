"""The page of one or several experiments: one HTML file that asks nothing of the network."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from disentangle.report.baselines import Beside, beside
from disentangle.report.comparison import together
from disentangle.report.conversions import Voiced, Worst, matrix, worst
from disentangle.report.experiment import Example, Experiment, Sheet
from disentangle.report.figures import HUES, Panel, hues
from disentangle.report.hearing import Clip, clips
from disentangle.report.labels import data_folder, embeddings_folder, read_labels
from disentangle.report.leakage import leakage_chart
from disentangle.report.projection import maps
from disentangle.report.rows import Row, grouped, headlines
from disentangle.report.training import attacker_panels, training_panels

OPEN, MOST = 3, 12  # examples shown at once, and in all
COMMON = (("scores", "Scores"), ("training", "Training"))
Missing = tuple[str, str]  # a sentence, and the command that helps


@dataclass(frozen=True)
class Chapter:
    """Everything the page says about one experiment; ``missing`` tells of each part what makes it."""

    experiment: Experiment
    anchor: str
    facts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    headlines: list[Row]
    groups: list[tuple[str, list[Row]]]
    leakage: str | None
    maps: list[Panel]
    training: list[Panel]
    attackers: list[Panel]
    examples: list[tuple[Example, tuple[Clip, ...]]]
    matrix: list[tuple[Voiced, ...]]
    worst: list[Worst]
    sheets: list[tuple[Sheet, str]]
    beside: Beside | None
    missing: dict[str, Missing]


def chapter(experiment: Experiment, anchor: str, data: Path | None = None) -> Chapter:
    """Draw everything about one experiment.

    Args:
        experiment: what its folder holds.
        anchor: unique on the page.
        data: the data directory behind its embeddings; None: the one of the same name beside the training data.
    """
    missing = _missing(experiment)
    panels: list[Panel] = []
    embeddings = embeddings_folder(experiment)
    if embeddings:
        data = data or data_folder(experiment, embeddings)
        if data:
            panels = maps(embeddings, read_labels(data), anchor)
        else:
            sentence = f"Whose codes lie in {embeddings} is not known."
            missing["maps"] = (sentence, f"disentangle report {experiment.folder} --data DATA_DIR")
    return Chapter(
        experiment,
        anchor,
        facts(experiment),
        settings(experiment.config),
        headlines(experiment),
        grouped(experiment),
        leakage_chart(experiment.scores, f"{anchor}-leakage"),
        panels,
        training_panels(experiment.log, f"{anchor}-training"),
        attacker_panels(experiment.probes, f"{anchor}-attacker"),
        [(e, clips(e, f"{anchor}-example{k}")) for k, e in enumerate(experiment.examples[:MOST])],
        matrix(experiment.folder),
        worst(experiment.folder),
        [(sheet, _address(sheet.png)) for sheet in experiment.sheets],
        beside(experiment),
        missing,
    )


def _address(png: Path) -> str:
    """A picture as an address that holds it."""
    return f"data:image/png;base64,{b64encode(png.read_bytes()).decode('ascii')}"


def facts(experiment: Experiment) -> tuple[tuple[str, str], ...]:
    """The few things that say which experiment this is."""
    run, training = experiment.run, experiment.config.get("training")
    minutes = run.get("minutes")
    found = (
        ("seed", experiment.seed),
        ("system", experiment.system),
        ("trained on", _trained_on(experiment.config)),
        ("steps", str(training.get("steps", "")) if isinstance(training, Mapping) else ""),
        ("minutes", f"{minutes:.1f}" if isinstance(minutes, int | float) else ""),
        ("chosen", str(run.get("chosen") or "")),
        ("commit", str(run.get("commit") or "")[:12]),
        ("machine", str(run.get("machine") or "")),
        ("command", str(run.get("command") or "")),
    )
    return tuple((name, value) for name, value in found if value)


def _trained_on(config: Mapping[str, object]) -> str:
    data = config.get("data")
    return str(data.get("folder") or data.get("kind") if isinstance(data, Mapping) else config.get("train", ""))


def settings(config: Mapping[str, object], prefix: str = "") -> tuple[tuple[str, str], ...]:
    """The configuration, flat.

    Example:
        >>> settings({"seed": 1, "speech": {"hop": 0.01}})
        (('seed', '1'), ('speech.hop', '0.01'))
    """
    flat: list[tuple[str, str]] = []
    for key, value in config.items():
        if isinstance(value, Mapping):
            flat += settings(value, f"{prefix}{key}.")
        else:
            flat.append((f"{prefix}{key}", str(value)))
    return tuple(flat)


def _missing(experiment: Experiment) -> dict[str, Missing]:
    exp = experiment.folder
    score = f"disentangle score {exp}" + ("" if experiment.system else " DATA_DIR")
    return {
        "scores": ("Nothing is measured yet.", score),
        "leakage": ("No attacker has been tried yet.", score),
        "attackers": ("No attacker has left its learning curve.", score),
        "maps": ("No codes to map yet.", f"disentangle embed {exp} DATA_DIR {exp}/embeddings/test"),
        "training": ("No training log here.", f"disentangle train CONFIG.yaml --out {exp}"),
        "examples": ("Nothing to hear yet.", score),
        "matrix": ("No matrix of conversions yet.", f"{score} --only conversion"),
        "worst": ("No judge has been asked which came out worst.", f"{score} --only conversion"),
        "sheets": ("This system draws and reconstructs nothing, or is not trained.", f"disentangle report {exp}"),
    }


def parts(chapter: Chapter) -> list[tuple[str, str]]:
    """The parts of a chapter, by their anchors and names."""
    if not chapter.experiment.system:
        heard = [("listen", "Listen"), ("matrix", "Everyone as everyone"), ("worst", "Worst")]
        return [*heard, ("maps", "Maps"), ("leakage", "Leakage"), *COMMON, ("attackers", "Attackers")]
    return [("pictures", "Pictures"), *([("baselines", "Baselines")] if chapter.beside else []), *COMMON]


def render(chapters: Sequence[Chapter]) -> str:
    """The page as HTML text; with several experiments a table of all of them comes first."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("disentangle.report")
    environment = Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    experiments = [c.experiment for c in chapters]
    return environment.get_template("page.html.j2").render(
        chapters=chapters,
        together=together(experiments, [c.settings for c in chapters]) if len(chapters) > 1 else None,
        colours_of=hues,
        parts_of=parts,
        title=", ".join(dict.fromkeys(e.name for e in experiments)),
        open_examples=OPEN,
        content_colour=HUES[0],
    )
