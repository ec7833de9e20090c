"""Tables in a page's blocks, ``<!-- KIND: WORDS -->`` to ``<!-- end -->``, written from recipes' RESULTS.json."""

import re
from collections.abc import Sequence
from pathlib import Path

from disentangle.report.adapted_table import adapted
from disentangle.report.catalogue import describe, in_order
from disentangle.report.code_space import code_space
from disentangle.report.results import Results, compact, read_results, spread
from disentangle.report.systems import systems
from disentangle.report.units import ARROWS

BLOCK = re.compile(r"(<!-- (scores|rows|systems|code_space|adapted): ([^\n]*?) *-->\n).*?(<!-- end -->)", re.S)


def fill(page: Path) -> str:
    """The text of a page with its tables written anew.

    Args:
        page: Markdown with blocks; RECIPE and RECIPES are relative to its folder. ``scores: RECIPE [ROW,ROW,...]
            [SCORE ...]`` has a line for each score and a column for each row of results, ``rows: RECIPE ROW,ROW,...
            SCORE ...`` a line for each row and a column for each score, ``systems: RECIPES [GAME.py ...]`` the picture
            systems, ``code_space: RECIPES`` what is done in their code spaces, ``adapted: RECIPE`` what the adapter was
            worth.

    Raises:
        ValueError: no block, a recipe without results, or rows and scores that its results lack.
    """
    text = page.read_text("utf-8")
    if not BLOCK.search(text):
        raise ValueError(f"no block of scores, {page}. Write <!-- scores: recipes/NAME --> and <!-- end --> there.")
    return BLOCK.sub(lambda found: f"{found[1]}{_table(found[2], found[3].split(), page)}\n{found[4]}", text)


def _table(kind: str, words: Sequence[str], page: Path) -> str:
    if not words:
        raise ValueError(f"a block of {kind} names no recipe, {page}. Write <!-- {kind}: recipes/NAME --> there.")
    folder, rest = page.parent / words[0], words[1:]
    if kind == "systems":
        return systems(folder, page, rest)
    if kind == "code_space":
        return code_space(folder, page)
    if kind == "adapted":
        return adapted(folder)
    path = folder / "RESULTS.json"
    results = read_results(path)
    if not results:
        raise ValueError(f"no results, {path}. Make them with: disentangle results EXP... --out {words[0]}")
    if rest and (kind == "rows" or rest[0].split(",")[0] in results):
        named = rest[0].split(",")
        _check("row", named, list(results), path)
        rest, results = rest[1:], {name: results[name] for name in named}
    there = {name for row in results.values() for name in row["scores"]}
    _check("score", rest, in_order(there), path)
    return compact(results, rest) if kind == "scores" else _rows(results, rest or in_order(there))


def _check(what: str, named: Sequence[str], there: Sequence[str], path: Path) -> None:
    if lacking := [name for name in named if name not in there]:
        raise ValueError(f"no {what} {', '.join(lacking)}, {path}. There are {', '.join(there)}.")


def _rows(results: Results, names: Sequence[str]) -> str:
    """A line for each row of results."""
    entries = [describe(name) for name in names]
    heads = ["system", *(f"{entry.title} {ARROWS[entry.better]}".strip() for entry in entries)]
    lines = [f"| {' | '.join(heads)} |", "| --- |" + " ---: |" * len(names)]
    for row, found in results.items():
        scores = found["scores"]
        cells = [
            spread(scores[name], entry.unit) if name in scores else "–"
            for name, entry in zip(names, entries, strict=True)
        ]
        lines.append(f"| `{row}` | {' | '.join(cells)} |")
    return "\n".join(lines)
