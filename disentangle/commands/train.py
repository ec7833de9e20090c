"""Train a system of speech on a data directory, or one of pictures on a folder of them."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle.commands._on_error import add_on_error

if TYPE_CHECKING:
    from disentangle.trainees import Config, Trainee


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "config", metavar="CONFIG", help="a YAML file, or a shipped recipe's configuration such as fsdd/default"
    )
    parser.add_argument("--data", metavar="DIR", help="what to train on, in place of CONFIG's own")
    parser.add_argument("--out", metavar="EXP", help="experiment folder (default: exp/NAME-SEED)")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint of the folder")
    parser.add_argument("--allow-pipes", action="store_true", help="run the shell commands that stand in wav.scp")
    add_on_error(parser, "EXP", None)
    parser.add_argument(
        "overrides", nargs="*", metavar="key.sub=value", help="what differs from CONFIG, e.g. loss.adapt=0"
    )


def run(arguments: Namespace) -> None:
    """Trains, writes checkpoints and log, exports the model."""
    from disentangle import config as configuration
    from disentangle import provenance
    from disentangle.adversarial import ranks
    from disentangle.adversarial.export import export
    from disentangle.trainees import trainee

    config = _configured(arguments)
    out = Path(arguments.out or f"exp/{config.name}-{config.seed}")
    _agree(out, config, arguments.resume)
    found = trainee(config, out, arguments.resume)
    configuration.write(config, out / "config.yaml")
    with provenance.recorded(out, arguments.resume), _resumable(arguments.resume):
        steps = _played(found, config, out, arguments.resume) if found.players else 0
        found.settle()
    if not ranks.is_first():
        return
    export(out / "model", found.model.state_dict(), configuration.text(config), found.card)
    print(f"{out}/model: {found.summary}, {steps} steps")


def _played(found: "Trainee", config: "Config", out: Path, resume: bool) -> int:
    """Play the game to its end; how many rounds that were."""
    from disentangle.adversarial.training import train
    from disentangle.progress import progress

    done = _done(out, resume)
    with progress(config.training.steps, f"training {config.name}", done=done) as bar:
        result = train(
            found.game,
            found.source,
            found.players,
            config.training,
            out,
            resume=resume,
            report=lambda _, values: bar.advance(values=_main(values, found.shown)),
            watch=found.watch,
            watch_every=found.watch_every,
            show=found.show,
        )
    found.game.load_state_dict(result.state)
    return result.step


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


def _configured(arguments: Namespace) -> "Config":
    from disentangle import config as configuration
    from disentangle import trainees

    path = configuration.find(arguments.config)
    config = trainees.read(path, tuple(arguments.overrides), arguments.data, arguments.allow_pipes, arguments.on_error)
    for override in arguments.overrides:
        if override.startswith("training.seed="):
            raise ValueError(f"training.seed follows seed, command line ({override}). Set seed instead.")
    return config


def _agree(out: "Path", config: "Config", resume: bool) -> None:
    """See that the folder can be had and is free, or that the run in it has the same configuration."""
    import os

    from disentangle import config as configuration

    kept, there = out / "config.yaml", next(path for path in (out, *out.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise ValueError(f"no folder that can be written, {there}. Take another --out than {out}.")
    if resume and kept.is_file():
        before = configuration.read(kept, type(config))
        named = ("train: ", "data.folder: ") if _heard(before) == _heard(config) else ()
        changes = [change for change in configuration.differences(before, config) if not change.startswith(named)]
        if changes:
            raise ValueError(f"--resume with another configuration ({'; '.join(changes)}), {kept}. Take another --out.")
    elif resume and (out / "checkpoints").is_dir():
        raise ValueError(f"a run without its configuration, {kept}. Restore the file, or take another --out.")
    elif (out / "checkpoints").is_dir() and any((out / "checkpoints").iterdir()):
        raise ValueError(f"a run is there already, {out}. Go on with --resume, or take another --out.")


def _heard(config: "Config") -> Path:
    """The folder that it is trained on, in whichever way it was named."""
    from disentangle.image.options import ImageConfig

    return Path(config.data.folder if isinstance(config, ImageConfig) else config.train).resolve()


def _done(out: "Path", resume: bool) -> int:
    from disentangle.adversarial import checkpoint

    last = checkpoint.latest(out) if resume else None
    return int(last.stem.rpartition("-")[2]) if last else 0


def _main(values: dict[str, float], shown: Sequence[str]) -> dict[str, float]:
    """The losses worth a glance."""
    return {name.partition("/")[2]: values[name] for name in shown if name in values}
