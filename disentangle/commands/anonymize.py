"""Give every speaker of a data directory a pseudo-voice that a secret key draws, and measure what attackers hear."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle import released

if TYPE_CHECKING:
    from disentangle.scoring.material import Material
    from disentangle.scoring.workers import Workers

VARIABLE = "DISENTANGLE_KEY"
SHORTEST = 16  # bytes of a key


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "experiment", type=released.find, metavar="EXP", help="a trained model: its folder, or a name of the package"
    )
    parser.add_argument("data", type=Path, metavar="DATA_DIR", help="data directory whose speakers are hidden")
    parser.add_argument("out", type=Path, metavar="OUT", help="data directory to write, its scores.json included")
    parser.add_argument("--audio", type=Path, metavar="DIR", help="folder for the audio (default: OUT_audio)")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help=f"file of 16 bytes or more that nobody else has (default: the environment's {VARIABLE})",
    )
    parser.add_argument(
        "--pool", type=Path, metavar="DIR", help="data directory whose voices are blended (default: the training data)"
    )
    parser.add_argument(
        "--judge", type=Path, metavar="DIR", help="what attackers learn from (default: judge beside DATA_DIR)"
    )
    parser.add_argument(
        "--vocoder",
        type=released.find,
        metavar="EXP2",
        help="a trained vocoder that makes the sound (default: the one that comes with EXP, or Griffin-Lim)",
    )
    parser.add_argument("--nj", type=int, help="processes (default: one for each core)")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands that stand in wav.scp")


def run(arguments: Namespace) -> None:
    """Anonymises, scores, writes the data directory, and prints the scores."""
    import json

    from disentangle.commands._data_making import audio_folder
    from disentangle.corpus.directory import tables_of
    from disentangle.corpus.tables import assert_replaceable, write_tables
    from disentangle.report.table import print_found
    from disentangle.scoring.anonymity import hide, score, voices
    from disentangle.scoring.run import plain
    from disentangle.scoring.workers import Workers
    from disentangle.scoring.writing import check_writable
    from disentangle.speech.pseudonyms import SMALLEST

    key = _key(arguments.key)
    with Workers(arguments.nj) as workers:
        material = _material(arguments, workers)
        if len(material.train_data.speakers()) < SMALLEST:
            few = f"{len(material.train_data.speakers())} speakers to blend voices of, {material.train_data.path}"
            raise ValueError(f"{few}. Name a data directory of {SMALLEST} or more by --pool DIR.")
        assert_replaceable(arguments.out, ["scores.json"])
        sound = audio_folder(arguments.out, arguments.audio)
        check_writable(arguments.out.parent)
        own, pool = voices(material, material.test_data), voices(material, material.train_data)
        hidden = hide(material, own, pool, key, sound)
        found = score(material, own, pool, hidden)
    scores = json.dumps(plain(found.scores), indent=1) + "\n"
    tables = tables_of(arguments.out, list(hidden.utterances))
    write_tables(arguments.out, tables, {"scores.json": scores.encode("utf-8")})
    print_found(found.scores, found.left_out, arguments.out, arguments.json)


def _key(file: Path | None) -> bytes:
    remedy = "Make a file by `head -c 32 /dev/urandom > FILE`, keep it secret, and name it by --key FILE."
    found = file.read_bytes() if file else os.environ.get(VARIABLE, "").encode("utf-8")
    where = str(file) if file else f"{VARIABLE} in the environment"
    if len(found.strip()) < SHORTEST:
        raise ValueError(f"a key of {len(found.strip())} bytes where at least {SHORTEST} are needed, {where}. {remedy}")
    return found.strip()


def _material(arguments: Namespace, workers: "Workers") -> "Material":
    from disentangle.corpus.directory import read
    from disentangle.scoring import experiment
    from disentangle.scoring.material import Material, judge_beside
    from disentangle.scoring.model import load

    trained = experiment.read(arguments.experiment)
    if load(trained.folder, arguments.vocoder).matches:
        made_up = "a made-up voice has no frames that a model could match (model.matching)"
        raise ValueError(f"{made_up}, {trained.folder}. Take a model with model.matching.by=none.")
    data, pool = read(arguments.data), arguments.pool or trained.train
    judge = arguments.judge or judge_beside(arguments.data)
    return Material(
        trained.folder,
        trained.seed,
        data,
        read(pool) if pool else None,
        read(judge) if judge else None,
        workers,
        allow_pipes=arguments.allow_pipes,
        vocoder=arguments.vocoder,
    )
