"""The table of what is done in code space: command, formula, our figure, what stands beside it, a picture."""

from dataclasses import dataclass
from os.path import relpath
from pathlib import Path

from disentangle.report.catalogue import describe
from disentangle.report.results import read_results
from disentangle.report.systems import NONE, beside, figure


@dataclass(frozen=True)
class Task:
    """A line of the table.

    Args:
        title: of the task.
        formula: what is solved.
        command: that does it.
        row: of RESULTS.json.
        scores: the figures.
        baselines: rows of the same table, compared by the first score.
        picture: below ``docs/pictures``, or nothing where what it shows is not ours to show.
        recipe: below ``recipes/image``.
    """

    title: str
    formula: str
    command: str
    row: str
    scores: tuple[str, ...]
    baselines: tuple[str, ...]
    picture: str
    recipe: str = "mnist"


INVERTED, GIVEN = ("inversion_mse", "inversion_seconds"), ("attribute_changed", "attribute_identity_kept")
EDITED, FILLED = (
    ("edit_satisfied", "edit_untouched_ratio", "edit_drawn_ratio"),
    ("completion_accuracy", "completion_error"),
)
FILLINGS = ("mean", "nearest", "biharmonic")
TASKS = (
    Task(
        "Back to z, by descent", "z* = argmin ‖G(z) − x‖²", "invert", "inversion_descent", INVERTED, (), "descent.png"
    ),
    Task(
        "… by an encoder",
        "z = E(x), G frozen, E begun from the critic",
        "invert --encoder EXP --method encoder",
        "inversion_encoder",
        INVERTED,
        ("inversion_encoder_scratch", "inversion_vaegan", "inversion_bigan"),
        "encoder.png",
    ),
    Task(
        "… by an encoder, then descent",
        "the same argmin, begun at E(x)",
        "invert --encoder EXP",
        "inversion_hybrid",
        INVERTED,
        ("inversion_encoder", "inversion_descent"),
        "inverted.png",
    ),
    Task(
        "Attribute",
        "z + λ (mean with − mean without)",
        "edit --attribute slanted=+1.5",
        "attribute",
        GIVEN,
        ("attribute_thick",),
        "attribute.png",
    ),
    Task(
        "… of a face",
        "the same, the original's detail carried back",
        "edit --attribute leftlight=+3 --labels DIR --label condition",
        "attribute",
        GIVEN,
        (),
        "",
        "faces",
    ),
    Task(
        "Edit",
        "z* = argmin U(G(z)) + λ₁ ‖z − z₀‖² + λ₂ R(G(z))",
        "edit --strokes PNG --keep PNG",
        "edit",
        EDITED,
        (),
        "edited.png",
    ),
    Task(
        "Completion, the middle",
        "z* = argmin ‖W ⊙ (G(z) − y)‖₁ + λ R(G(z))",
        "complete --mask centre",
        "completion_centre",
        FILLED,
        tuple(f"completion_centre_{fill}" for fill in FILLINGS),
        "centre.png",
    ),
    Task(
        "… of 80 % of the pixels",
        "the same",
        "complete --mask random",
        "completion_random",
        FILLED,
        tuple(f"completion_random_{fill}" for fill in FILLINGS),
        "random.png",
    ),
)


def code_space(folder: Path, page: Path) -> str:
    """The table in Markdown.

    Args:
        folder: holds ``mnist`` and ``faces`` with their RESULTS.json; what these lack is not measured yet.
        page: for which it is; links to pictures are relative to it.
    """
    pictures = relpath(folder / ".." / ".." / "docs" / "pictures", page.parent)
    lines = [
        "| task | what is solved | command | ours | beside it | picture |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *(_line(task, folder, pictures) for task in TASKS)])


def _line(task: Task, folder: Path, pictures: str) -> str:
    results = read_results(folder / task.recipe / "RESULTS.json")
    ours = [f"{describe(score).title}: {figure(results, task.row, score) or NONE}" for score in task.scores]
    cells = (
        task.title,
        task.formula,
        f"`disentangle {task.command}`",
        "; ".join(ours),
        beside(results, task.baselines, task.scores[0]),
        f"![{task.title}]({pictures}/{task.picture})" if task.picture else "",
    )
    return f"| {' | '.join(cells)} |"
