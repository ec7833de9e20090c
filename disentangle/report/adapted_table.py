"""The table of what adaptation was worth: source only, adapted, trained on the target, for each set-up of a recipe."""

from pathlib import Path

from disentangle.report.adapted_rows import BESIDE, OWN, RECOGNISED
from disentangle.report.catalogue import describe
from disentangle.report.results import Results, read_results, spread
from disentangle.report.units import ARROWS


def adapted(folder: Path) -> str:
    """A line for each set-up of a recipe: its three rows beside each other, and the domains told apart.

    Args:
        folder: of the recipe's RESULTS.json.
    """
    results = read_results(folder / "RESULTS.json")
    lines = [_line(name, results, score) for name, score in _setups(results)]
    if not lines:
        return f"Not measured yet: `{folder.name}/adapt.sh`."
    heads = (
        "set-up | score | source only | adapted | trained on target | gap closed | domains told apart before | after"
    )
    return "\n".join([f"| {heads} |", "| --- | --- |" + " ---: |" * 6, *lines])


def _setups(results: Results) -> list[tuple[str, str]]:
    """Names of set-ups, each with the score of recognition that its rows have."""
    found = []
    for row, held in results.items():
        name = row.removesuffix(OWN)
        score = next((score for score in RECOGNISED if score in held["scores"]), None)
        if row.endswith(OWN) and score and all(f"{name}{other}" in results for other in BESIDE):
            found.append((name, score))
    return found


def _line(name: str, results: Results, score: str) -> str:
    before, after, best = (results[f"{name}{row}"]["scores"] for row in ("source_only", OWN, "target_only"))
    asked = [(before, score), (after, score), (best, score), (after, "gap_closed")]
    asked += [(before, "a_distance"), (after, "a_distance")]
    cells = [spread(found[s], describe(s).unit) if s in found else "–" for found, s in asked]
    entry = describe(score)
    return f"| `{name.rstrip('-')}` | {entry.title} {ARROWS[entry.better]} | {' | '.join(cells)} |"
