"""Write the speaker vectors and content matrices of a data directory, as Kaldi archives or npz; goes on if stopped."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from disentangle import released
from disentangle.commands._on_error import add_on_error, sound


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "experiment", type=released.find, metavar="EXP", help="a trained model: its folder, or a name of the package"
    )
    parser.add_argument("data", type=Path, metavar="DATA_DIR", help="data directory whose utterances are embedded")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for the archives")
    parser.add_argument(
        "--what",
        default="speaker,content",
        help="speaker (one vector an utterance, and the mean of each speaker), content (one matrix an utterance), "
        "or both, joined by a comma (default)",
    )
    parser.add_argument("--format", choices=("ark", "npz"), default="ark", help="Kaldi's ark and scp (default), or npz")
    parser.add_argument("--nj", type=int, help="processes (default: one for each core)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="use a Dask cluster in place of processes here")
    parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands that stand in wav.scp")
    add_on_error(parser, "OUT")


def run(arguments: Namespace) -> None:
    """Embeds, and prints the folder."""
    from disentangle.corpus.directory import read
    from disentangle.scoring.embeddings import WHAT, embed
    from disentangle.scoring.model import load
    from disentangle.scoring.surviving import ClusterWorkers, SurvivingWorkers

    what = tuple(dict.fromkeys(arguments.what.split(",")))
    unknown = [name for name in what if name not in WHAT]
    if unknown:
        raise ValueError(f"'{unknown[0]}' cannot be embedded, --what. Choose of {', '.join(WHAT)}.")
    with ClusterWorkers(arguments.scheduler) if arguments.scheduler else SurvivingWorkers(arguments.nj) as workers:
        load(arguments.experiment)
        listed = read(arguments.data)
        data = sound(listed, arguments.out, arguments.on_error, arguments.allow_pipes)
        form, allow_pipes = arguments.format, arguments.allow_pipes
        embed(arguments.experiment, data, arguments.out, workers, what, form, allow_pipes, listed)
    print(arguments.out)
