"""The speech system with FSDD's networks and batches and every adversary: engine, training, data, conversion."""

import copy
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import by_hand
from benchmarks.clock import DRAWING, WARMUP, Figure, Seconds, beside, figure, in_turn
from disentangle import builders, config
from disentangle.adversarial.game import Engine
from disentangle.corpus import audio, directory
from disentangle.games.speech_disentanglement import SpeechDisentanglement
from disentangle.speech.batches import SpeechBatch
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import SpeechConfig
from disentangle.speech.streaming import Live
from disentangle.speech.vocoder import Vocoder
from disentangle.speech.vocoder_options import VocoderConfig

LOADING_BOUND = 10.0  # percent of a step
LIVE_BOUND = 1.0  # or the sound falls behind the speaker
BLOCK = 0.04  # seconds that are spoken before they are converted
SMALL = (
    "model.content.channels=8",
    "model.speaker.channels=8",
    "model.decoder.channels=8",
    "critic.channels=8",
    "batch.speakers=2",
    "batch.utterances=2",
)
ADVERSARIES = (
    "loss.confuse=1",
    "loss.adapt=2",
    "loss.moments=0.4",
    "loss.resemblance=0.5",
    "loss.parallel=0",
    "loss.pull=0",
)
Round = Callable[[Sequence[SpeechBatch]], object]


def configured(data: Path, quick: bool = False) -> SpeechConfig:
    """FSDD's configuration with adversaries in the place of pairs who say the same, on a data directory."""
    words = [*ADVERSARIES, *(SMALL if quick else ()), f"train={data}"]
    return config.read(config.find("fsdd/default"), SpeechConfig, words)


def measure(data: Path, quick: bool) -> dict[str, Figure]:
    """All of it on a data directory."""
    chosen = configured(data, quick)
    model, game, source = builders.speech(chosen, directory.read(data))
    bare = replace(chosen, loss=replace(chosen.loss, confuse=0.0, adapt=0.0))
    without = builders.speech_game(bare, SpeechModel(bare.model), source)
    runs = rounds(chosen, game, copy.deepcopy(game)) | {"without": by_engine(bare, without)}
    draws = 1 + game.voices

    def draw(repeat: int) -> list[SpeechBatch]:
        return [source.batch(repeat, n, 0, 1) for n in range(draws)]

    seconds = in_turn(draw, runs, 3 if quick else 60)
    batch = draws * chosen.batch.speakers * chosen.batch.utterances
    figures = beside("speech", seconds) | training(seconds, batch) | conversion(model, data, 2 if quick else 100)
    return figures | live(2 if quick else 20, 0.4 if quick else 4.0)


def rounds(chosen: SpeechConfig, game: SpeechDisentanglement, copied: SpeechDisentanglement) -> dict[str, Round]:
    """A round by the engine, and of a copy of the game by hand, in the middle of training."""
    game.step = copied.step = chosen.training.steps // 2
    return {"engine": by_engine(chosen, game), "hand": _by_hand(chosen, copied)}


def by_engine(chosen: SpeechConfig, game: SpeechDisentanglement) -> Round:
    """A round by the engine, as in training."""
    players = builders.speech_players(chosen, game)
    optimizers = {player: players[player].optimize(own) for player, own in game.owned().items()}
    engine = Engine(game, optimizers, precision=chosen.training.precision, clips=_clips(chosen, game))
    return lambda batches: engine.play(iter(batches))


def _by_hand(chosen: SpeechConfig, game: SpeechDisentanglement) -> Round:
    players = builders.speech_players(chosen, game)
    optimizers = {player: players[player].optimize(own) for player, own in game.owned().items()}

    def autocast() -> AbstractContextManager[object]:
        return torch.autocast("cpu", torch.bfloat16) if chosen.training.precision == "bf16" else nullcontext()

    return by_hand.Speech(game, optimizers, _clips(chosen, game), autocast).round


def _clips(chosen: SpeechConfig, game: SpeechDisentanglement) -> dict[str, float]:
    players = builders.speech_players(chosen, game)
    return {player: options.clip for player, options in players.items() if options.clip is not None}


def training(seconds: Mapping[str, Seconds], batch: int) -> dict[str, Figure]:
    """Utterances per second of training with and without the adversaries, and the share of a step that data take."""
    loading = seconds[DRAWING]
    step, without = loading + seconds["engine"], loading + seconds["without"]
    return {
        "training": figure(batch / step, "utterances/s"),
        "training_without_adversaries": figure(batch / without, "utterances/s"),
        "data_loading_share": figure(100 * loading / step, "%", LOADING_BOUND),
    }


def conversion(model: SpeechModel, data: Path, repeats: int) -> dict[str, Figure]:
    """Seconds that converting a second of speech takes; what the networks have learnt costs no time."""
    utterances = directory.read(data).utterances
    waves = [audio.load(utterances[7 * n % len(utterances)], model.rate) for n in range(WARMUP + repeats)]
    speaker = model.speaker(waves[:1])[0]
    seconds = in_turn(lambda repeat: waves[repeat], {"convert": lambda wave: model.convert(wave, speaker)}, repeats)
    lengths = np.array([len(wave) / model.rate for wave in waves[WARMUP:]])
    return {"conversion_real_time_factor": figure(seconds["convert"] / lengths, "s per s")}


def live(repeats: int, length: float) -> dict[str, Figure]:
    """Seconds that a second of speech takes which is converted while it is spoken, by AN4's causal model and vocoder.

    Args:
        repeats: how often.
        length: of the speech, in seconds.
    """
    model = SpeechModel(config.read(config.find("an4/live"), SpeechConfig).model)
    vocoder = Vocoder(config.read(config.find("an4/vocoder_live"), VocoderConfig).vocoder)
    voice = np.full(model.speaker_dims, model.speaker_dims**-0.5, np.float32)
    block = round(BLOCK * model.rate)

    def spoken(wave: NDArray[np.float32]) -> None:
        stream = Live(model, vocoder, voice)
        for start in range(0, len(wave), block):
            stream(wave[start : start + block], start + block >= len(wave))

    rng = np.random.default_rng(0)
    waves = [rng.normal(0, 0.1, round(length * model.rate)).astype(np.float32) for _ in range(WARMUP + repeats)]
    seconds = in_turn(lambda repeat: waves[repeat], {"live": spoken}, repeats)
    return {"live_real_time_factor": figure(seconds["live"] / length, "s per s", LIVE_BOUND)}
