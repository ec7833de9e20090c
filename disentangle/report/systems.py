"""The table of picture systems: file, paper, our figure with its command, and what stands beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path

from disentangle.report.catalogue import describe
from disentangle.report.results import Results, read_results, spread

NONE = "not measured yet"


@dataclass(frozen=True)
class System:
    """A line of the table.

    Args:
        title: of the system.
        file: of its game, below ``disentangle/games``.
        paper: authors and year.
        address: of the paper.
        row: of RESULTS.json, which is also what `run.sh --system` takes.
        score: the figure.
        published: the paper's own figure, or nothing where it has none of the kind.
        baselines: rows of the same table.
        recipe: below ``recipes/image``.
    """

    title: str
    file: str
    paper: str
    address: str
    row: str
    score: str
    published: str = ""
    baselines: tuple[str, ...] = ()
    recipe: str = "mnist"


ARXIV = "https://arxiv.org/abs/"
INFO, INFO_ROWS = (
    ("infogan.py", "Chen et al. 2016", f"{ARXIV}1606.03657"),
    ("infogan_plain", "infogan_no_critic", "infogan_no_code"),
)
LARSEN = ("vaegan.py", "Larsen et al. 2016", f"{ARXIV}1512.09300")
GANIN = ("domain_adversarial.py", "Ganin et al. 2016", f"{ARXIV}1505.07818")
NEIGHBOURS = ("raw_pixels", "untrained_encoder", "ae_l1", "ae_l2", "latent_regressor")
SYSTEMS = (
    System("GAN", "gan.py", "Goodfellow et al. 2014", f"{ARXIV}1406.2661", "gan", "frechet_ratio_to_vae"),
    System("InfoGAN", *INFO, "infogan", "clustering_error", "5 %", INFO_ROWS),
    System("InfoGAN on shapes", *INFO, "infogan", "mig", "", ("infogan_plain", "infogan_no_code", "vae"), "shapes"),
    System("VAE-GAN", *LARSEN, "vaegan", "frechet_ratio_to_vae", "", ("vae", "ae", "gan")),
    System("VAE-GAN, three classes", *LARSEN, "vaegan_three_class", "frechet_ratio_to_vae", "", ("vaegan", "vae")),
    System(
        "BiGAN",
        "bigan.py",
        "Donahue et al. 2017",
        f"{ARXIV}1605.09782",
        "bigan",
        "knn_accuracy",
        "97.4 %",
        NEIGHBOURS,
    ),
    *(
        System(
            title,
            "triplegan.py",
            "Li et al. 2017",
            f"{ARXIV}1703.02291",
            f"triplegan_{labels}",
            "test_error",
            theirs,
            (f"labels_only_{labels}", f"consistency_only_{labels}"),
        )
        for title, labels, theirs in (("Triple-GAN, 100 labels", 100, "0.9 %"), ("… 20 labels", 20, "4.8 %"))
    ),
    System("Domain-adversarial", *GANIN, "dann", "target_accuracy", "76.7 %", ("source_only", "target_only")),
    System("… alternating", *GANIN, "dann_alternating", "target_accuracy", "", ("source_only", "target_only")),
    System(
        "… with additions",
        "vada.py",
        "Shu et al. 2018",
        f"{ARXIV}1802.08735",
        "dann_additions",
        "target_accuracy",
        "",
        ("source_only_additions", "target_only"),
    ),
)


def systems(folder: Path, page: Path, files: Sequence[str] = ()) -> str:
    """The table in Markdown.

    Args:
        folder: holds ``mnist`` and ``shapes`` with their RESULTS.json; what these lack is not measured yet.
        page: for which it is; links to games are relative to it.
        files: of the games whose systems are wanted; none: all.

    Raises:
        ValueError: a file that is no system's.
    """
    if unknown := [file for file in files if file not in {s.file for s in SYSTEMS}]:
        known = ", ".join(dict.fromkeys(s.file for s in SYSTEMS))
        raise ValueError(f"no system in {', '.join(unknown)}, {page}. There are {known}.")
    games = relpath(folder / ".." / ".." / "disentangle" / "games", page.parent)
    results = {recipe: read_results(folder / recipe / "RESULTS.json") for recipe in {s.recipe for s in SYSTEMS}}
    lines = ["| system | file | paper | ours | beside it | made by |", "| --- | --- | --- | --- | --- | --- |"]
    wanted = [system for system in SYSTEMS if system.file in (files or {system.file})]
    return "\n".join([*lines, *(_line(system, results[system.recipe], games) for system in wanted)])


def _line(system: System, results: Results, games: str) -> str:
    cells = (
        system.title,
        f"[{system.file}]({games}/{system.file})",
        f"[{system.paper}]({system.address})" + (f", {system.published}" if system.published else ""),
        f"{describe(system.score).title}: {figure(results, system.row, system.score) or NONE}",
        beside(results, system.baselines, system.score),
        f"`{_command(system, results)}`",
    )
    return f"| {' | '.join(cells)} |"


def _command(system: System, results: Results) -> str:
    """What made the row, of its first seed; or what would make it."""
    if system.row not in results:
        return f"recipes/image/{system.recipe}/run.sh --system {system.row}"
    return results[system.row]["command"].partition("#")[0].strip()


def beside(results: Results, rows: Sequence[str], score: str) -> str:
    """The same figure of other rows."""
    return ", ".join(f"{row} {figure(results, row, score) or '–'}" for row in rows)


def figure(results: Results, row: str, score: str) -> str:
    """Mean and deviation over seeds, or nothing."""
    scores: Mapping[str, object] = results[row]["scores"] if row in results else {}
    return spread(results[row]["scores"][score], describe(score).unit) if score in scores else ""
