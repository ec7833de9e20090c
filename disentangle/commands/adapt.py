"""Take a trained content encoder to another domain by domain-adversarial training; the target's labels stay unread."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.corpus.utterances import DataDirectory
    from disentangle.scoring.run import Found
    from disentangle.speech.adaptation import AdaptationOptions


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument("experiment", type=Path, metavar="EXP", help="folder of a trained model")
    parser.add_argument("--source", type=Path, required=True, metavar="DATA", help="speech of the domain that it knows")
    parser.add_argument("--target", type=Path, required=True, metavar="DATA", help="speech of the other domain")
    parser.add_argument(
        "--labels",
        type=Path,
        metavar="FILE",
        help="lines of UTT LABEL of the source, to keep content by (default: clusters of its present frames)",
    )
    parser.add_argument(
        "--test", type=Path, metavar="DATA", help="other speech of the target whose text or utt2digit is recognised"
    )
    parser.add_argument(
        "--informed",
        type=Path,
        metavar="EXP3",
        help="with --test: whose content the target's own recogniser learns from, such as a model that was trained "
        "on the target (default: EXP)",
    )
    parser.add_argument("--out", type=Path, metavar="EXP2", help="experiment folder (default: EXP-adapted)")
    parser.add_argument("--name", help="row in a table of results (default: that of EXP and -adapted)")
    parser.add_argument("--steps", type=int, default=600, help="rounds (default 600)")
    parser.add_argument("--strength", type=float, default=1.0, help="of the reversed gradient (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="of everything random (default 0)")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint of EXP2")
    parser.add_argument("--nj", type=int, help="processes (default: one for each core); the scores are the same")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands that stand in wav.scp")


def run(arguments: Namespace) -> None:
    """Adapts, exports the model, measures both domains before and after, and prints that."""
    from disentangle.report.table import print_found
    from disentangle.scoring.run import write

    out = arguments.out or arguments.experiment.with_name(f"{arguments.experiment.name}-adapted")
    if out.resolve() == arguments.experiment.resolve():
        raise ValueError(f"the adapted model would replace the trained one, --out {out}. Name another folder.")
    options, data = _options(arguments), _data(arguments)
    _adapt(arguments, options, out)
    found = _measured(arguments, out, *data)
    write(found, out / "scores.json", out / "probes.json")
    print_found(found.scores, found.left_out, out / "scores.json", arguments.json)


def _options(arguments: Namespace) -> "AdaptationOptions":
    from disentangle.speech.adaptation import AdaptationOptions

    for name, least in (("steps", 1), ("strength", 0), ("seed", 0)):
        if getattr(arguments, name) < least:
            raise ValueError(f"{getattr(arguments, name)} {name}, --{name}. Give {least} or more.")
    return AdaptationOptions(steps=arguments.steps, strength=arguments.strength, seed=arguments.seed)


def _adapt(arguments: Namespace, options: "AdaptationOptions", out: Path) -> None:
    """Train the content encoder between the domains and export the whole model."""
    from dataclasses import replace

    from disentangle import builders, provenance
    from disentangle import config as configuration
    from disentangle.adversarial.export import export
    from disentangle.adversarial.options import TrainingOptions
    from disentangle.adversarial.training import train
    from disentangle.corpus import directory
    from disentangle.progress import progress
    from disentangle.speech.card import card
    from disentangle.speech.loading import load
    from disentangle.speech.options import SpeechConfig
    from disentangle.speech.recordings import by_statistics, hear

    model = load(arguments.experiment)
    within = arguments.experiment / "model"
    trained = configuration.read((within if within.is_dir() else within.parent) / "config.yaml", SpeechConfig)
    config = replace(trained, name=arguments.name or f"{trained.name}-adapted", train=str(arguments.source))
    domains = directory.read(arguments.source), directory.read(arguments.target)
    heard = [hear(data, model, (1.0,), arguments.allow_pipes) for data in domains]
    labels = _labels(arguments.labels, [one.utterance.id for one in heard[0]]) if arguments.labels else None
    source, target = (by_statistics(domain, model, config.loss.label_of) for domain in heard)
    game, batches, players = builders.adaptation(model, source, target, options, labels)
    training = TrainingOptions(steps=options.steps, seed=options.seed)
    out.mkdir(parents=True, exist_ok=True)
    with provenance.recorded(out, arguments.resume), progress(options.steps, "adapting") as bar:
        result = train(
            game,
            batches,
            players,
            training,
            out,
            resume=arguments.resume,
            report=lambda _, values: bar.advance(values={name.partition("/")[2]: v for name, v in values.items()}),
        )
    game.load_state_dict(result.state)
    configuration.write(config, out / "config.yaml")
    export(out / "model", model.state_dict(), configuration.text(config), card(config))


def _labels(file: Path, names: list[str]) -> list[str]:
    """The label of each utterance."""
    from disentangle.corpus.tables import read_table

    table = read_table(file)
    missing = [name for name in names if name not in table]
    if missing:
        raise ValueError(f"no label of {missing[0]}, {file}. Give each utterance of the source one.")
    return [table[name].value for name in names]


def _data(arguments: Namespace) -> "tuple[DataDirectory, DataDirectory, DataDirectory | None]":
    """Source, target and test; what cannot be used is told before anything is written."""
    from disentangle.corpus.directory import read
    from disentangle.scoring.adapting import check
    from disentangle.speech.loading import load

    if arguments.informed:
        load(arguments.informed)
    source, target = read(arguments.source), read(arguments.target)
    test = read(arguments.test) if arguments.test else None
    if test:
        check(source, target, test)
    return source, target, test


def _measured(
    arguments: Namespace, out: Path, source: "DataDirectory", target: "DataDirectory", test: "DataDirectory | None"
) -> "Found":
    from disentangle.scoring.adapting import Adaptation
    from disentangle.scoring.run import Found
    from disentangle.scoring.workers import Workers

    with Workers(arguments.nj) as workers:
        made = Adaptation(arguments.experiment, out, source, target, workers, arguments.seed, arguments.allow_pipes)
        return Found(made.told_apart() | (made.recognised(test, arguments.informed) if test else {}))
