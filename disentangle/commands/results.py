"""Gather the scores of experiments over seeds into a recipe's RESULTS.json and RESULTS.md, and into a README."""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "experiments", nargs="*", type=Path, metavar="EXP", help="experiment folders, one for each seed"
    )
    parser.add_argument("--out", type=Path, metavar="RECIPE", help="folder of RESULTS.json; rows not given stay")
    parser.add_argument(
        "--command", dest="text", metavar="TEXT", help="what makes the row, instead of each experiment's command"
    )
    parser.add_argument(
        "--beside",
        metavar="KINDS",
        help="rows also of what was measured beside the scores, under the scores' names: real, resynthesis, mel, "
        "joined by commas",
    )
    parser.add_argument(
        "--readme",
        type=Path,
        metavar="FILE",
        help="a page whose tables are written anew: <!-- scores: RECIPE -->, <!-- rows: RECIPE ROW,ROW SCORE -->, "
        "<!-- adapted: RECIPE -->, <!-- systems: RECIPES --> and <!-- code_space: RECIPES --> to <!-- end -->",
    )
    parser.add_argument(
        "--pareto",
        type=Path,
        metavar="SVG",
        help="plot leakage against content of all rows of --out, or of those given",
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")


def run(arguments: Namespace) -> None:
    """Write results and README, print the rows."""
    if not arguments.experiments and not arguments.readme:
        raise ValueError("nothing to gather. Give experiment folders, or --readme FILE to fill in")
    if arguments.out and not arguments.experiments:
        raise ValueError(f"no experiment to gather into {arguments.out}. Give experiment folders")
    if arguments.experiments:
        _gather(arguments)
    if arguments.readme:
        from disentangle.report.blocks import fill
        from disentangle.report.writing import write

        write(arguments.readme, fill(arguments.readme))


def _gather(arguments: Namespace) -> None:
    from disentangle.report.beside_rows import rows_beside
    from disentangle.report.experiment import read
    from disentangle.report.pareto import pareto
    from disentangle.report.results import as_json, collect, markdown, read_results
    from disentangle.report.table import print_results
    from disentangle.report.writing import write

    experiments = [read(folder) for folder in arguments.experiments]
    rows = collect(experiments)
    if arguments.beside:
        rows |= collect(rows_beside(experiments, arguments.beside.split(",")))
    for row in rows.values():
        row["command"] = arguments.text or row["command"]
    path = arguments.out / "RESULTS.json" if arguments.out else None
    results = dict(sorted({**(read_results(path) if path else {}), **rows}.items()))
    drawn = pareto(results) if arguments.pareto else ""
    if path:
        arguments.out.mkdir(parents=True, exist_ok=True)
        write(path, as_json(results))
        write(path.with_suffix(".md"), markdown(results, arguments.out.resolve().name))
    if arguments.pareto:
        arguments.pareto.parent.mkdir(parents=True, exist_ok=True)
        write(arguments.pareto, drawn)
    if arguments.json:
        print(as_json(rows), end="")
    else:
        print_results(rows)
