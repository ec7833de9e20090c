"""Train a content encoder, a speaker encoder and a decoder on a data directory."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.speech.model import SpeechModel
    from disentangle.speech.options import SpeechConfig


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "config", metavar="CONFIG", help="a YAML file, or a shipped recipe's configuration such as fsdd/default"
    )
    parser.add_argument("--data", metavar="DIR", help="data directory to train on, in place of CONFIG's own")
    parser.add_argument("--out", metavar="EXP", help="experiment folder (default: exp/NAME-SEED)")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint of the folder")
    parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands that stand in wav.scp")
    parser.add_argument(
        "overrides", nargs="*", metavar="key.sub=value", help="what differs from CONFIG, e.g. loss.adapt=0"
    )


def run(arguments: Namespace) -> None:
    """Trains, writes checkpoints and log, exports the model."""
    from disentangle import builders, provenance
    from disentangle import config as configuration
    from disentangle.adversarial.training import train
    from disentangle.progress import progress
    from disentangle.speech.calibration import calibrate

    config = _configured(arguments)
    out = Path(arguments.out or f"exp/{config.name}-{config.seed}")
    _agree(out, config, arguments.resume)
    model, game, source = builders.speech(config)
    configuration.write(config, out / "config.yaml")
    with provenance.recorded(out, arguments.resume), _resumable(arguments.resume):
        players, done = builders.speech_players(config, game), _done(out, arguments.resume)
        with progress(config.training.steps, f"training {config.name}", done=done) as bar:
            result = train(
                game,
                source,
                players,
                config.training,
                out,
                resume=arguments.resume,
                report=lambda _, values: bar.advance(values=_main(values)),
            )
        game.load_state_dict(result.state)
        calibrate(model, source.recordings, config.seed)
    _export(model, config, out)
    print(f"{out}/model: content {model.content_dims} x frames, speaker {model.speaker_dims}, {result.step} steps")


@contextmanager
def _resumable(resume: bool) -> Iterator[None]:
    """Tell whoever stops the training what to type to go on with it."""
    from disentangle import provenance
    from disentangle.adversarial.interrupts import Interrupted

    try:
        yield
    except Interrupted as stop:
        again = provenance.command() + ("" if resume else " --resume")
        stop.args = (f"{str(stop).removesuffix('.')}: {again}",)
        raise


def _configured(arguments: Namespace) -> "SpeechConfig":
    from dataclasses import replace

    from disentangle import config as configuration
    from disentangle.speech.options import SpeechConfig

    config = configuration.read(configuration.find(arguments.config), SpeechConfig, arguments.overrides)
    for override in arguments.overrides:
        if override.startswith("training.seed="):
            raise ValueError(f"training.seed follows seed, command line ({override}). Set seed instead.")
    config = replace(
        config,
        train=arguments.data or config.train,
        allow_pipes=arguments.allow_pipes or config.allow_pipes,
        training=replace(config.training, seed=config.seed),
    )
    if not config.train:
        raise ValueError(f"no data to train on, {arguments.config}. Name a data directory by --data DIR.")
    return config


def _agree(out: "Path", config: "SpeechConfig", resume: bool) -> None:
    """See that the folder can be had and is free, or that the run in it has the same configuration."""
    import os

    from disentangle import config as configuration
    from disentangle.speech.options import SpeechConfig

    kept, there = out / "config.yaml", next(path for path in (out, *out.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise ValueError(f"no folder that can be written, {there}. Take another --out than {out}.")
    if resume and kept.is_file():
        changes = configuration.differences(configuration.read(kept, SpeechConfig), config)
        if changes:
            raise ValueError(f"--resume with another configuration ({'; '.join(changes)}), {kept}. Take another --out.")
    elif resume and (out / "checkpoints").is_dir():
        raise ValueError(f"a run without its configuration, {kept}. Restore the file, or take another --out.")
    elif (out / "checkpoints").is_dir() and any((out / "checkpoints").iterdir()):
        raise ValueError(f"a run is there already, {out}. Go on with --resume, or take another --out.")


def _done(out: "Path", resume: bool) -> int:
    from disentangle.adversarial import checkpoint

    last = checkpoint.latest(out) if resume else None
    return int(last.stem.rpartition("-")[2]) if last else 0


def _main(values: dict[str, float]) -> dict[str, float]:
    """The losses worth a glance."""
    shown = ("decoder/reconstruction", "speaker/angular", "content/confuse", "content/letters", "critic/pair")
    return {name.partition("/")[2]: values[name] for name in shown if name in values}


def _export(model: "SpeechModel", config: "SpeechConfig", out: "Path") -> None:
    from disentangle import config as configuration
    from disentangle.adversarial.export import export
    from disentangle.speech.card import card

    export(out / "model", model.state_dict(), configuration.text(config), card(config))
