"""Wiring: from a configuration to networks, game and batches; one short function for each."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import torch
from torch import nn

from disentangle.adversarial.objectives import OBJECTIVES
from disentangle.adversarial.options import PlayerOptions
from disentangle.adversarial.placement import accelerator
from disentangle.adversarial.schedules import dann_ramp
from disentangle.config import differences
from disentangle.corpus.utterances import DataDirectory
from disentangle.games.domain_adversarial import DomainAdversarial
from disentangle.games.speech_disentanglement import SpeechDisentanglement, Weights
from disentangle.games.vocoder import HiFiGAN
from disentangle.speech import vocoder as vocoders
from disentangle.speech.adaptation import (
    AdaptationOptions,
    Extractor,
    OfFrames,
    OfUtterances,
    TwoDomains,
    units_of,
)
from disentangle.speech.batches import Recording, SpeechSource, Spoken
from disentangle.speech.critics import AngularMargin, CodeClassifier, Letters, PairCritic, VectorDensity
from disentangle.speech.crops import CropSource, MelError, pairs
from disentangle.speech.disturbances import Disturbance
from disentangle.speech.loading import load_fitting
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import SpeechConfig
from disentangle.speech.recordings import hear, is_long, recordings, unread
from disentangle.speech.vocoder_options import VocoderConfig
from disentangle.speech.wave_critics import critics

FEW = 0.1  # of the transcripts


def speech(config: SpeechConfig, data: DataDirectory) -> tuple[SpeechModel, SpeechDisentanglement, SpeechSource]:
    """The model, the game that trains its networks, and the batches of the training data.

    Raises:
        ValueError: nobody but the decoder would move, the training data cannot be used, or a term of the loss asks for
            what they lack.
    """
    steps = config.training.steps
    if config.settled >= steps:
        raise ValueError(f"settled is {config.settled} of training.steps={steps}: all are the decoder's. Lower it.")
    torch.manual_seed(config.seed)
    model = SpeechModel(config.model)
    if len({utterance.speaker for utterance in data.utterances}) < 2:
        raise ValueError(f"1 speaker in the training data, {config.train}. At least two are needed to tell them apart.")
    found = _recordings(config, data, model)
    frames = model.front_end.frames(round(config.batch.seconds * model.rate))
    disturbance = _disturbance(config, model, found)
    paired = bool(config.loss.parallel or config.loss.pull)
    source = SpeechSource(found, config.batch, config.augmentation, frames, config.seed, disturbance, paired)
    _demand(config, source)
    return model, speech_game(config, model, source), source


def is_read_batch_by_batch(config: SpeechConfig, data: DataDirectory) -> bool:
    """Whether the training data are too long to be held in memory."""
    return is_long(data, config.batch.held / len(config.augmentation.speeds), config.allow_pipes)


def _recordings(config: SpeechConfig, data: DataDirectory, model: SpeechModel) -> Sequence[Spoken]:
    speeds, label_of = config.augmentation.speeds, config.loss.label_of
    if is_read_batch_by_batch(config, data):
        return unread(data, model, speeds, label_of, config.seed, config.allow_pipes)
    return recordings(hear(data, model, speeds, config.allow_pipes), model, label_of, config.allow_pipes)


def _disturbance(config: SpeechConfig, model: SpeechModel, found: Sequence[Spoken]) -> Disturbance | None:
    """What lies between recordings and encoders, if the configuration has anything there."""
    options, sounds = config.augmentation.sound, [r.sound for r in found if r.sound is not None]
    if options.is_silent:
        return None
    return Disturbance(options, model.rate, len(sounds), lambda i: sounds[i].wave(), config.allow_pipes)


def speech_game(config: SpeechConfig, model: SpeechModel, source: SpeechSource) -> SpeechDisentanglement:
    """The game over a model's networks; a part whose weight is zero is left out."""
    loss, critic, dims = config.loss, config.critic, model.content_dims
    joint = config.training.steps - config.settled
    critics = [PairCritic(dims, critic.channels) for _ in range(critic.ensemble if loss.confuse else 0)]
    return SpeechDisentanglement(
        model.content_encoder,
        model.speaker_encoder,
        model.decoder,
        Weights(**{weight.name: getattr(loss, weight.name) for weight in fields(Weights)}),
        angular=AngularMargin(model.speaker_dims, len(source.speakers)) if loss.angular else None,
        critics=nn.ModuleList(critics),
        classifier=CodeClassifier(dims, len(source.speakers), critic.channels) if loss.adapt else None,
        letters=Letters(dims, len(source.alphabet)) if loss.letters else None,
        labels=CodeClassifier(dims, len(source.labels)) if loss.label else None,
        club=VectorDensity(dims, model.speaker_dims, critic.channels) if loss.club else None,
        λ=dann_ramp(joint, loss.adapt),
        moves=critic.moves,
        voices=config.batch.voices,
        renew=critic.renew,
        settled=joint if config.settled else None,
    )


def speech_players(config: SpeechConfig, game: SpeechDisentanglement) -> Mapping[str, PlayerOptions]:
    """The optimisers of those players that own something in this configuration, each with its own end."""
    joint = config.training.steps - config.settled
    spans = {"decoder": {"hold": joint}} if config.settled else {}
    return {
        player: replace(getattr(config.players, player), **spans.get(player, {"until": joint}))
        for player in game.owned()
    }


def unlearnt(config: SpeechConfig, source: SpeechSource) -> str:
    """What to tell of transcripts that are not learnt because only stretches of their utterances are; "" of a few."""
    spelled = [r.frames for r in source.recordings if r.text and config.loss.letters]
    cut = sum(frames > source.frames for frames in spelled)
    if cut <= FEW * len(spelled):
        return ""
    why = f"their utterances are longer than batch.seconds, {config.batch.seconds:g}"
    return f"{cut} of {len(spelled)} transcripts are not learnt: {why}. Raise it."


def _demand(config: SpeechConfig, source: SpeechSource) -> None:
    if config.loss.letters and not source.alphabet:
        raise ValueError(f"loss.letters needs transcripts, {config.train}/text. Add the file, or set loss.letters=0.")
    if config.loss.label and len(source.labels) < 2:
        name = f"{config.train}/utt2{config.loss.label_of}"
        raise ValueError(f"loss.label needs at least two labels, {name}. Add the file, or set loss.label=0.")
    if source.paired and not source.labels and not source.alphabet:
        part = "loss.parallel" if config.loss.parallel else "loss.pull"
        raise ValueError(f"{part} needs labels or transcripts, {config.train}/text. Add the file, or set {part}=0.")


def adaptation(
    model: SpeechModel,
    source: Sequence[Recording],
    target: Sequence[Recording],
    options: AdaptationOptions,
    labels: Sequence[str] | None = None,
) -> tuple[DomainAdversarial, TwoDomains, Mapping[str, PlayerOptions]]:
    """The game that takes a trained content encoder to another domain, its batches and its players.

    Args:
        model: trained; its content encoder alone will move.
        source: recordings of the domain that it knows.
        target: recordings of the other.
        options: how.
        labels: of each source recording; None: every frame is kept in its cluster of the present content.

    Raises:
        ValueError: one label only.
    """
    torch.manual_seed(options.seed)
    extractor, dims = Extractor(model.content_encoder), model.content_dims
    classifier: nn.Module
    if labels is None:
        units = units_of(extractor, source, options.units, options.seed)
        classes, classifier = units.of_frames, OfFrames(units)
    else:
        names = sorted(set(labels))
        if len(names) < 2:
            raise ValueError(f"one label only, {', '.join(names)}, --labels. Two are needed, or leave --labels out.")
        classes = [torch.tensor(names.index(label)) for label in labels]
        classifier = OfUtterances(CodeClassifier(dims, len(names)))
    game = DomainAdversarial(
        extractor,
        classifier,
        OfUtterances(CodeClassifier(dims, 2, options.channels)),
        dann_ramp(options.steps, options.strength),
    )
    frames = model.front_end.frames(round(options.seconds * model.rate))
    batches = TwoDomains(source, classes, target, options.batch, frames, options.seed)
    players = {
        "extractor": PlayerOptions(
            rate=options.rate,
            clip=5.0,
            warmup=options.steps // 4 if labels else 0,  # a classifier that begins from chance would lead it astray
            decay="inverse",
            ema=0.99,  # the average circles less
        ),
        "classifier": PlayerOptions(rate=1e-3, clip=5.0),
        "domain": PlayerOptions(rate=1e-3, clip=5.0),
    }
    return game, batches, players


def vocoder(config: VocoderConfig, data: DataDirectory) -> tuple[vocoders.Vocoder, HiFiGAN, CropSource]:
    """The vocoder, the game that trains its generator, and crops of the training data; on a GPU if there is one.

    Raises:
        ValueError: nothing but the mel error would train, the data cannot be used, or what a second stage goes on from
            does not fit.
    """
    if config.alone >= config.training.steps:
        raise ValueError(f"alone is {config.alone} of training.steps={config.training.steps}: no critic. Lower it.")
    torch.manual_seed(config.seed)
    model = vocoders.Vocoder(config.vocoder)
    if config.stage.start:
        model.load_state_dict(_begun(config).state_dict())
    frames = max(2, round(config.crops.seconds / config.vocoder.front_end.hop))
    speech = load_fitting(Path(config.stage.speech), config.vocoder.front_end) if config.stage.speech else None
    found = pairs(
        data,
        model,
        frames,
        settle=not config.stage.start,
        speech=speech,
        allow_pipes=config.allow_pipes,
    )
    device = accelerator()
    source = CropSource(found, config.crops, frames, config.stage.share, config.seed, device)
    return model.to(device), vocoder_game(config, model).to(device), source


def vocoder_game(config: VocoderConfig, model: vocoders.Vocoder) -> HiFiGAN:
    """The game over a vocoder's generator."""
    loss = config.loss
    return HiFiGAN(
        model.generator,
        critics(config.critics),
        MelError(config.vocoder.front_end, loss.scales),
        OBJECTIVES[loss.objective],
        λ_features=loss.features,
        λ_mel=loss.mel,
        begin=config.alone,
    )


def _begun(config: VocoderConfig) -> vocoders.Vocoder:
    """What a second stage goes on from."""
    begun = vocoders.load(Path(config.stage.start), config.vocoder.front_end)
    changes = differences(begun.options, config.vocoder)
    if changes:
        raise ValueError(f"stage.start is of another vocoder ({'; '.join(changes)}), {config.stage.start}. Take its.")
    return begun
