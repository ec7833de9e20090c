"""Score lists of trials on speaker vectors: cosine or PLDA, normalised, calibrated; EER, detection costs, DET plot."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.evaluation.backends import Floats
    from disentangle.evaluation.score import Score
    from disentangle.scoring.backend import Backend
    from disentangle.scoring.trial_lists import TrialList


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "trials",
        type=Path,
        metavar="TRIALS",
        help="ENROLLED TESTED target|nontarget (Kaldi, WeSpeaker), 1|0 UTT UTT (VoxCeleb), or names alone",
    )
    parser.add_argument("vectors", type=Path, metavar="VECTORS", help="speaker vectors of all that is tested, scp, npz")
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for scores, scores.json and det.svg")
    parser.add_argument("--enroll", type=Path, metavar="VECTORS", help="of all that is enrolled (default: the same)")
    parser.add_argument("--backend", choices=("cosine", "plda"), default="cosine", help="what compares two vectors")
    parser.add_argument("--train", type=Path, metavar="VECTORS", help="plda: vectors to learn from")
    parser.add_argument("--utt2spk", type=Path, metavar="FILE", help="plda: who says each of them")
    parser.add_argument("--rank", type=int, help="plda: dims of the speaker space (default: all there can be)")
    parser.add_argument("--cohort", type=Path, metavar="VECTORS", help="of other speakers: normalise scores by these")
    parser.add_argument("--top", type=int, default=300, help="closest ones of the cohort that count (default 300)")
    parser.add_argument("--calibrate", type=Path, metavar="TRIALS2", help="other trials, to calibrate scores on")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")


def run(arguments: Namespace) -> None:
    """Scores the trials, writes what came out, prints what it is worth where the list tells the truth."""
    from concurrent.futures import ThreadPoolExecutor

    from disentangle.corpus import archives
    from disentangle.scoring import backend
    from disentangle.scoring.trial_lists import read_list
    from disentangle.scoring.writing import check_writable

    trials = read_list(arguments.trials)
    other = _truthful(read_list(arguments.calibrate), arguments.calibrate) if arguments.calibrate else None
    tested = archives.read(arguments.vectors)
    enrolled = archives.read(arguments.enroll) if arguments.enroll else tested
    where = arguments.enroll or arguments.vectors, arguments.vectors
    if trials.is_target is not None:
        _truthful(trials, arguments.trials)
    compares = _backend(arguments)
    scores = compares.scores(trials, enrolled, tested, where)
    if other:
        scores = backend.calibration(other, compares.scores(other, enrolled, tested, where))(scores)
    check_writable(arguments.out)
    with ThreadPoolExecutor(1) as beside:  # numbers are spelled and judged without the interpreter
        written = beside.submit(backend.write_scores, arguments.out / "scores", trials, scores)
        found, drawn = ({}, "") if trials.is_target is None else _judged(trials, scores, bool(arguments.calibrate))
        written.result()
    if found:
        _tell(arguments, found, drawn)
    else:
        print(arguments.out / "scores")


def _judged(trials: "TrialList", scores: "Floats", calibrated: bool) -> "tuple[dict[str, Score], str]":
    """What the scores are worth, and their curve drawn."""
    from disentangle.report.det import alone, det_plot
    from disentangle.scoring import backend

    found, (_, missed, accepted) = backend.judge(trials, scores, calibrated)
    return found, alone(det_plot(accepted, missed, found["speaker_eer"].value))


def _tell(arguments: Namespace, found: "dict[str, Score]", drawn: str) -> None:
    from disentangle.report.table import print_found
    from disentangle.report.writing import write
    from disentangle.scoring.writing import write_json

    write(arguments.out / "det.svg", drawn)
    out = arguments.out / "scores.json"
    write_json(out, {name: score.as_dict() for name, score in found.items()})
    print_found(found, (), out, arguments.json)


def _truthful(trials: "TrialList", where: Path) -> "TrialList":
    if trials.is_target is None or trials.is_target.all() or not trials.is_target.any():
        raise ValueError(f"not both target and nontarget trials, {where}. Give a list that has both.")
    return trials


def _backend(arguments: Namespace) -> "Backend":
    from disentangle.corpus import archives
    from disentangle.corpus.tables import read_table
    from disentangle.evaluation.backends import Compare, cosine
    from disentangle.scoring.backend import Backend, plda
    from disentangle.scoring.trial_lists import vectors_of

    learns = arguments.backend == "plda"
    for name in ("train", "utt2spk"):
        if learns != (getattr(arguments, name) is not None):
            told = "PLDA learns from vectors of known speakers" if learns else "cosine learns nothing"
            raise ValueError(f"{told}, --{name}. {'Name them' if learns else 'Leave it out, or ask for plda'}.")
    if arguments.top < 1 or (arguments.rank is not None and arguments.rank < 1):
        raise ValueError("--top and --rank are 1 or more.")
    compare: Compare = cosine
    if learns:
        speakers = {name: entry.value for name, entry in read_table(arguments.utt2spk).items()}
        compare = plda(archives.read(arguments.train), speakers, arguments.train, arguments.rank)
    if not arguments.cohort:
        return Backend(compare)
    others = archives.read(arguments.cohort)
    return Backend(compare, vectors_of(list(others), others, arguments.cohort), arguments.top)
