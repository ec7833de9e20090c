"""What `train` trains, of speech, of pictures or a vocoder: model, game, batches, players, and the last touch."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from torch import nn

from disentangle import config as configuration
from disentangle.adversarial.game import Game
from disentangle.adversarial.options import PlayerOptions
from disentangle.adversarial.training import Show, Source, Watch
from disentangle.corpus.failures import OnError
from disentangle.image.options import ImageConfig
from disentangle.nearest import did_you_mean
from disentangle.progress import progress
from disentangle.speech.options import SpeechConfig
from disentangle.speech.vocoder_options import VocoderConfig

if TYPE_CHECKING:
    from disentangle.corpus.utterances import DataDirectory
    from disentangle.games.speech_disentanglement import SpeechDisentanglement
    from disentangle.image.model import ImageModel
    from disentangle.image.pictures import Pictures
    from disentangle.speech.batches import SpeechSource, Spoken
    from disentangle.speech.model import SpeechModel

Config = SpeechConfig | ImageConfig | VocoderConfig
Kind = Literal["speech", "pictures", "vocoder"]
KEYS: dict[str, Kind] = {"system": "pictures", "vocoder": "vocoder"}  # which no other kind of configuration has
KINDS: dict[Kind, type[Config]] = {"speech": SpeechConfig, "pictures": ImageConfig, "vocoder": VocoderConfig}
GLANCED = ("real", "label", "fool", "code", "reconstruction")  # of a picture system's terms


@dataclass(frozen=True)
class Trainee:
    """What is trained.

    Args:
        model: what is exported; holds the game's networks, or those of them that are of use afterwards.
        game, source, players: for `disentangle.adversarial.training.train`.
        shown: the terms worth a glance, as ``player/term``.
        settle: the last touch to a model whose game has been played.
        card: Markdown.
        summary: a few words.
        watch: what is looked at during training, or None.
        watch_every: rounds between two looks.
        show: what the networks make at present, to see and hear, or None.
    """

    model: nn.Module
    game: Game[Any]
    source: Source[Any]
    players: Mapping[str, PlayerOptions]
    shown: tuple[str, ...]
    settle: Callable[[], None]
    card: str
    summary: str
    watch: Watch | None = None
    watch_every: int = 0
    show: Show | None = None


def read(
    path: Path,
    overrides: tuple[str, ...],
    data: str | None = None,
    allow_pipes: bool = False,
    on_error: OnError | None = None,
) -> Config:
    """A configuration of any kind, its data named; one of pictures has the key ``system``, of a vocoder ``vocoder``.

    Args:
        path: the file.
        overrides: ``key.sub=value``.
        data: folder to train on, in place of the configuration's own.
        allow_pipes: run the commands that stand in a data directory's wav.scp.
        on_error: what to do about audio that cannot be used, in place of the configuration's own.

    Raises:
        ValueError: a mistake in the file or the overrides, or no data named.
    """
    config = configuration.read(path, KINDS[_kind(path)], overrides)
    training = replace(config.training, seed=config.seed)
    if isinstance(config, ImageConfig):
        _check_system(config, path)
        if on_error:
            raise ValueError(f"--on-error is about audio, {path} is a system of pictures. Leave it out.")
        named = replace(config.data, folder=data or config.data.folder)
        return replace(config, data=named, training=training)
    if not (data or config.train):
        raise ValueError(f"no data to train on, {path}. Name a data directory by --data DIR.")
    pipes = allow_pipes or config.allow_pipes
    skip = on_error or config.on_error
    return replace(config, train=data or config.train, allow_pipes=pipes, on_error=skip, training=training)


def _check_system(config: ImageConfig, path: Path) -> None:
    from disentangle.image.builders import SYSTEMS

    if config.system not in SYSTEMS:
        raise ValueError(f"system is '{config.system}', {path}. {did_you_mean(config.system, SYSTEMS)}")


def without_places(path: Path) -> Config:
    """An exported model's configuration with no folder of this machine in it.

    Raises:
        ValueError: a mistake in the file.
    """
    match config := configuration.read(path, KINDS[_kind(path)]):
        case ImageConfig():
            latent = replace(config.latent, generator="", encoder="")
            return replace(config, data=replace(config.data, folder="", target="", photos=""), latent=latent)
        case VocoderConfig():
            return replace(config, train="", stage=replace(config.stage, start="", speech=""))
    return replace(config, train="", watch=replace(config.watch, data=""))


def load(folder: Path) -> nn.Module:
    """The model of an exported folder, of any kind.

    Raises:
        ValueError: there is none, or it is damaged.
    """
    from disentangle.image import model as pictures
    from disentangle.speech import loading as speech
    from disentangle.speech import vocoder

    loads: dict[Kind, Callable[[Path], nn.Module]] = {
        "pictures": pictures.load,
        "vocoder": vocoder.load,
        "speech": speech.load,
    }
    return loads[kind(folder)](folder)


def kind(experiment: Path) -> Kind:
    """What an experiment folder, or an exported model, is of; speech where nothing says so."""
    found = (experiment / "config.yaml", experiment / "model" / "config.yaml")
    path = next((path for path in found if path.is_file()), None)
    return _kind(path) if path else "speech"


def _kind(path: Path) -> Kind:
    return next((kind for key, kind in KEYS.items() if configuration.holds(path, key)), "speech")


def trainee(config: Config, out: Path, resume: bool = False) -> Trainee:
    """Networks, game and batches of a configuration.

    Args:
        config: of either kind.
        out: the experiment folder.
        resume: whether a run that is there goes on.

    Raises:
        ValueError: data that cannot be used.
    """
    if isinstance(config, ImageConfig):
        return _image(config)
    return _vocoder(config, out, resume) if isinstance(config, VocoderConfig) else _speech(config, out, resume)


def _speech(config: SpeechConfig, out: Path, resume: bool) -> Trainee:
    from disentangle import builders
    from disentangle.adversarial import ranks
    from disentangle.adversarial.placement import Placed, accelerator, looked_at_on_cpu
    from disentangle.speech.ahead import Ahead
    from disentangle.speech.card import card
    from disentangle.speech.exhibits import exhibits, looked_at

    data = _data(config, out, resume)
    model, game, source = builders.speech(config, data)
    if (told := builders.unlearnt(config, source)) and ranks.is_first():
        print(f"warning: {told}", file=sys.stderr)
    slow = source.disturbance is not None or builders.is_read_batch_by_batch(config, data)
    watch = looked_at_on_cpu(game, _watched(config, model, game, source)) if config.watch.every else None
    show = looked_at_on_cpu(game, partial(exhibits, model, looked_at(source.recordings)))
    game.to(device := accelerator())
    return Trainee(
        model,
        game,
        Placed(Ahead(source, config.batch.readers) if slow and config.batch.readers else source, device),
        builders.speech_players(config, game),
        ("decoder/reconstruction", "speaker/angular", "content/confuse", "content/letters", "critic/pair"),
        partial(_finished, config, model, game, source),
        card(config),
        f"content {model.content_dims} x frames, speaker {model.speaker_dims}",
        watch,
        config.watch.every,
        show,
    )


def _data(config: SpeechConfig | VocoderConfig, out: Path, resume: bool, least: int = 2) -> "DataDirectory":
    """The utterances to train on, all known to be sound before training begins; those of a run that goes on were.

    Where some are left out, a speaker needs so many that are not.
    """
    from disentangle import builders
    from disentangle.corpus import directory, failures

    data = directory.read(Path(config.train))
    if resume and (out / "checkpoints").is_dir():
        return failures.without_listed(data, out) if config.on_error == "skip" else data
    if config.on_error == "stop" and (
        isinstance(config, VocoderConfig) or not builders.is_read_batch_by_batch(config, data)
    ):
        return data  # reading it into memory will tell
    with progress(len(data.utterances), f"checking {data.path}", "utterance") as bar:
        if config.on_error == "skip":
            return failures.usable(data, out, config.allow_pipes, least=least, told=bar.advance)
        failures.check(data, config.allow_pipes, bar.advance)
    return data


def _finished(
    config: SpeechConfig, model: "SpeechModel", game: "SpeechDisentanglement", source: "SpeechSource"
) -> None:
    from disentangle.scoring.erasing import erase
    from disentangle.speech.calibration import calibrate

    game.cpu()
    if config.model.content.leace:
        erase(model.content_encoder, source.recordings, config.seed)
    calibrate(model, source.recordings, config.seed)


def _watched(
    config: SpeechConfig, model: "SpeechModel", game: "SpeechDisentanglement", source: "SpeechSource"
) -> Watch:
    from disentangle.corpus import directory
    from disentangle.scoring.watching import Watcher
    from disentangle.speech.recordings import by_statistics, hear

    looked_at: Sequence[Spoken] = [r for r in source.recordings if r.sound and r.sound.speed == 1.0]
    if config.watch.data:
        heard = hear(directory.read(Path(config.watch.data)), model, (1.0,), config.allow_pipes)
        looked_at = by_statistics(heard, model, config.loss.label_of, config.allow_pipes)
    most = config.watch.utterances
    return Watcher(game.content, game.critics, game.classifier, source.speakers, looked_at, most, config.seed)


def _vocoder(config: VocoderConfig, out: Path, resume: bool) -> Trainee:
    from disentangle import builders
    from disentangle.speech.card import vocoder_card
    from disentangle.speech.exhibits import vocoded

    model, game, source = builders.vocoder(config, _data(config, out, resume, least=1))
    players = {player: getattr(config.players, player) for player in game.owned()}
    numbers = sum(tensor.numel() for tensor in model.parameters())
    return Trainee(
        model,
        game,
        source,
        players,
        ("generator/mel", "generator/features", "generator/fool", "critic/real", "critic/fake"),
        lambda: None,
        vocoder_card(config, numbers),
        f"{config.vocoder.generator.kind} generator, {numbers} weights",
        show=partial(vocoded, model, source.pairs),
    )


def _image(config: ImageConfig) -> Trainee:
    from disentangle.adversarial.placement import accelerator
    from disentangle.image import builders, data
    from disentangle.image.card import card
    from disentangle.image.exhibits import Exhibition
    from disentangle.image.inherited import begin
    from disentangle.image.model import ImageModel

    model = ImageModel(config).to(device := accelerator())
    begin(model)
    shown = builders.system(config).shown
    source = data.source(config, shown, device)
    players = builders.players(config, model.game)
    seen = partial(data.target, config.data, "train") if shown == "target" else partial(data.training, config.data)
    glanced = tuple(f"{player}/{term}" for player in players for term in GLANCED)
    settle = partial(_settled, model, seen)
    text, summary = card(config), _summary(config, model)
    show = Exhibition(model, seen)
    return Trainee(model, model.game, source, players, glanced, settle, text, summary, show=show)


def _settled(model: "ImageModel", seen: Callable[[], "Pictures"]) -> None:
    model.settle(seen().x)


def _summary(config: ImageConfig, model: "ImageModel") -> str:
    numbers = sum(tensor.numel() for tensor in model.parameters())
    coded = model.generator is not None or model.encoder is not None
    kind = f"code of {config.network.code}" if coded else f"{config.data.classes} classes"
    return f"{config.system}, {kind}, {numbers} weights"
