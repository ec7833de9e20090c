"""Check, repair, describe, divide, join and convert data directories."""

from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle.commands import _data_exchange, _data_making

if TYPE_CHECKING:
    from disentangle.corpus.summary import Summary

#: Speakers up to which each gets a line of its own.
FEW = 30


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what can be done with a data directory."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    validate = _action(actions.add_parser, "validate", "list all problems, with file and line")
    fix = _action(actions.add_parser, "fix", "drop what cannot be used, sort, keep the original in .backup")
    for parser in (validate, fix):
        parser.add_argument("--rate", type=int, metavar="HZ", help="the rate that all audio must have")
    info = _action(actions.add_parser, "info", "speakers, utterances, hours, rates, factors")
    info.add_argument("--json", action="store_true", help="print JSON in place of tables")
    for parser in (validate, fix, info):
        parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands in wav.scp: trust them")
    _add_subset(_action(actions.add_parser, "subset", "write a data directory of some of the utterances"))
    _add_split(_action(actions.add_parser, "split", "divide into several data directories"))
    for module in (_data_making, _data_exchange):
        module.add_actions(lambda name, summary: _action(actions.add_parser, name, summary))


def run(arguments: Namespace) -> None:
    """Does one of them."""
    for module in (_data_making, _data_exchange):
        if arguments.action in module.ACTIONS:
            module.run(arguments)
            return
    {"validate": _validate, "fix": _fix, "info": _info, "subset": _subset, "split": _split}[arguments.action](arguments)


def _action(add_parser: Callable[..., ArgumentParser], name: str, summary: str) -> ArgumentParser:
    parser = add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
    parser.add_argument("--debug", action="store_true", default=SUPPRESS, help=SUPPRESS)
    parser.add_argument("data_dir", metavar="DATA_DIR", type=Path)
    return parser


def _add_subset(parser: ArgumentParser) -> None:
    parser.add_argument("out", metavar="OUT", type=Path, help="the data directory to write")
    parser.add_argument("--list", type=Path, metavar="FILE", help="names of utterances or speakers, one a line")
    parser.add_argument("--where", nargs="+", default=[], metavar="FACTOR=VALUE", help="keep those of this value")
    parser.add_argument("--least", type=int, default=1, metavar="N", help="leave out speakers with fewer utterances")
    parser.add_argument("--speakers", type=int, metavar="N", help="draw so many speakers")
    parser.add_argument("--per-speaker", type=int, metavar="N", help="draw at most so many utterances of each")
    parser.add_argument("--utterances", type=int, metavar="N", help="draw so many utterances in all")
    parser.add_argument("--seed", type=int, default=0, help="of the draws (default 0)")


def _add_split(parser: ArgumentParser) -> None:
    parser.add_argument("out", metavar="OUT", type=Path, help="the folder for the parts")
    parser.add_argument("--parts", nargs="+", default=["train=0.8", "test=0.2"], metavar="NAME=SHARE")
    parser.add_argument("--by", choices=("speaker", "utterance"), default="speaker", help="what stays together")
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="parts 1 to N in order, for parallel jobs, in place of --parts"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the draw (default 0)")


def _validate(arguments: Namespace) -> None:
    from disentangle.corpus.validation import validate

    path = arguments.data_dir
    found = validate(path, arguments.rate, arguments.allow_pipes)
    for problem in found:
        print(f"warning: {problem}" if problem.is_warning else problem)
    problems = sum(not problem.is_warning for problem in found)
    if problems:
        raise ValueError(f"{problems} problem{'s' * (problems > 1)}, in {path}. {_REPAIR} {path}`.")
    print(f"{path}: no problems")


_REPAIR = "Repair what can be repaired with `disentangle data fix"


def _fix(arguments: Namespace) -> None:
    from disentangle.corpus.fixing import fix
    from disentangle.corpus.validation import validate

    path = arguments.data_dir
    done = fix(path, arguments.rate, arguments.allow_pipes)
    for line in done or [f"{path}: nothing to repair"]:
        print(line)
    left = [p for p in validate(path, arguments.rate, arguments.allow_pipes) if not p.is_warning]
    for problem in left:
        print(problem)
    if left:
        raise ValueError(
            f"{len(left)} left that dropping and sorting cannot repair, in {path}. Correct the lines above."
        )


def _info(arguments: Namespace) -> None:
    import json
    from dataclasses import asdict

    from disentangle.corpus.directory import read
    from disentangle.corpus.summary import summarise

    summary = summarise(read(arguments.data_dir), arguments.allow_pipes)
    if arguments.json:
        print(json.dumps(asdict(summary), indent=2, ensure_ascii=False))
    else:
        _show(str(arguments.data_dir), summary)


def _show(title: str, summary: "Summary") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    seconds = sorted(speaker.seconds for speaker in summary.speakers.values())
    rows = {
        "speakers": str(len(seconds)),
        "utterances": str(summary.utterances),
        "hours": f"{summary.hours:.2f}",
        "rates": ", ".join(f"{rate} Hz ({count} recordings)" for rate, count in summary.rates.items()),
        "seconds per utterance": f"{summary.shortest:.2f} to {summary.longest:.2f}",
        "seconds per speaker": f"{seconds[0]:.1f} to {seconds[-1]:.1f}, mean {sum(seconds) / len(seconds):.1f}",
        "words": str(summary.words),
    }
    for factor, values in summary.factors.items():
        rows[f"factor {factor}"] = _listed(values)
    table = Table("", "", title=escape(title), show_header=False)
    for name, value in rows.items():
        table.add_row(escape(name), escape(value))
    console.print(table)
    if len(seconds) <= FEW:
        console.print(_speakers(summary))


def _listed(values: dict[str, int]) -> str:
    shown = ", ".join(f"{value} ({count})" for value, count in list(values.items())[:FEW])
    return shown if len(values) <= FEW else f"{shown}, ... ({len(values)} values)"


def _speakers(summary: "Summary") -> object:
    from rich.markup import escape
    from rich.table import Table

    table = Table("speaker", "gender", "utterances", "seconds")
    for column in table.columns[2:]:
        column.justify = "right"
    for name, speaker in summary.speakers.items():
        table.add_row(escape(name), speaker.gender or "", str(speaker.utterances), f"{speaker.seconds:.1f}")
    return table


def _subset(arguments: Namespace) -> None:
    from disentangle.corpus.directory import read
    from disentangle.corpus.parts import select, write_part

    utterances = select(
        read(arguments.data_dir),
        names=None if arguments.list is None else _names(arguments.list),
        where=dict(_assignments(arguments.where)),
        least=arguments.least,
        speakers=arguments.speakers,
        per_speaker=arguments.per_speaker,
        utterances=arguments.utterances,
        seed=arguments.seed,
    )
    write_part(arguments.data_dir, arguments.out, utterances)
    print(f"{arguments.out}: {len(utterances)} utterances")


def _split(arguments: Namespace) -> None:
    from disentangle.corpus.parts import write_jobs, write_split

    if arguments.jobs is not None:
        for name, count in write_jobs(arguments.data_dir, arguments.out, arguments.jobs, arguments.by).items():
            print(f"{arguments.out / name}: {count} utterances")
        return
    shares = {}
    for name, share in _assignments(arguments.parts):
        try:
            shares[name] = float(share)
        except ValueError:
            raise ValueError(f"{share!r} is no number, in --parts {name}={share}. Give each part a share.") from None
    for name, count in write_split(arguments.data_dir, arguments.out, shares, arguments.by, arguments.seed).items():
        print(f"{arguments.out / name}: {count} utterances")


def _names(file: Path) -> list[str]:
    return [line.split()[0] for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def _assignments(words: Sequence[str]) -> list[tuple[str, str]]:
    for word in words:
        if "=" not in word.strip("="):
            raise ValueError(f"{word!r} is not NAME=VALUE, on the command line. Write it so.")
    return [(name, value) for name, _, value in (word.partition("=") for word in words)]
