"""Data directories whose audio is made anew: at other speeds (Kaldi's perturb_data_dir_speed.sh), rates, channels."""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from disentangle.corpus import audio
from disentangle.corpus.channels import Channel
from disentangle.corpus.parts import tables_in, utterances_of
from disentangle.corpus.tables import Tables, write_tables

#: Tables of features and frames, which other audio would belie.
FEATURES = ("feats.scp", "cmvn.scp", "vad.scp", "utt2num_frames", "utt2warp", "spk2warp")
#: Percent: the least step of a speed.
STEPS = 100


def perturb_speed(source: Path, target: Path, sound: Path, speeds: Sequence[float], allow_pipes: bool = False) -> int:
    """Write a data directory of all utterances at several speeds, each of which makes other speakers.

    Names of utterances, speakers and recordings begin with ``sp1.1-``, say; at speed 1 all stays as it is, audio
    included. ``utt2uniq`` tells which utterances say the same. Tables of features are left out.

    Args:
        source: the data directory.
        target: the data directory to write.
        sound: the folder for the new audio, ``{recording}.wav``.
        speeds: 1.1 is a tenth faster, and higher.
        allow_pipes: whether commands in wav.scp may be run.

    Returns:
        How many utterances were written.

    Raises:
        ValueError: a speed that is none, or audio that cannot be read.
    """
    for speed in speeds:
        if not 0.1 <= speed <= 10 or abs(speed * STEPS - round(speed * STEPS)) > 1e-9:
            raise ValueError(f"a speed of {speed:g}, --speeds. Give hundredths from 0.1 to 10, such as 0.9 1 1.1.")
    tables = _without_features(tables_in(source))
    made: Tables = {}
    for speed in dict.fromkeys(speeds):
        for name, table in (_at_speed(tables, speed, sound) if speed != 1 else _unchanged(tables)).items():
            made.setdefault(name, {}).update(table)
    made["spk2utt"] = utterances_of(made["utt2spk"])
    for speed in set(speeds) - {1}:
        for name, recording in tables["wav.scp"].items():
            wave, rate = audio.decode(recording, allow_pipes=allow_pipes)
            faster = audio.resample(wave, round(STEPS * speed), STEPS)
            audio.save(sound / f"{_prefix(speed)}{name}.wav", faster, rate)
    write_tables(target, made)
    return len(made["utt2spk"])


def resample(source: Path, target: Path, sound: Path, rate: int, allow_pipes: bool = False) -> int:
    """Write a data directory whose audio has another rate; the rest stays, but for tables of features.

    Args:
        source: the data directory.
        target: the data directory to write.
        sound: the folder for the new audio, ``{recording}.wav``.
        rate: in Hz.
        allow_pipes: whether commands in wav.scp may be run.

    Returns:
        How many recordings were written.

    Raises:
        ValueError: a rate that is none, or audio that cannot be read.
    """
    if rate < 1:
        raise ValueError(f"{rate} Hz, --rate. Give a positive number.")
    tables = _without_features(tables_in(source))
    for name, recording in tables["wav.scp"].items():
        wave, own = audio.decode(recording, allow_pipes=allow_pipes)
        audio.save(sound / f"{name}.wav", audio.resample(wave, own, rate), rate)
    tables["wav.scp"] = {name: _file(sound, name) for name in tables["wav.scp"]}
    write_tables(target, tables)
    return len(tables["wav.scp"])


def degrade(
    source: Path, target: Path, sound: Path, chain: Sequence[Channel], seed: int = 0, allow_pipes: bool = False
) -> int:
    """Write a data directory whose audio has gone through channels; the rest stays, but for tables of features.

    Args:
        source: the data directory.
        target: the data directory to write.
        sound: the folder for the new audio, ``{recording}.wav``.
        chain: what each recording goes through, in this order.
        seed: of all chance, with the recording's name: a recording sounds the same in whatever company.
        allow_pipes: whether commands in wav.scp may be run.

    Returns:
        How many recordings were written.

    Raises:
        ValueError: no channel, or audio that cannot be read or is no speech.
    """
    if not chain:
        raise ValueError(
            "no channel to send recordings through. Give --room, --noise LOW:HIGH, --telephone or --codec."
        )
    tables = _without_features(tables_in(source))
    for name, recording in tables["wav.scp"].items():
        wave, rate = audio.decode(recording, allow_pipes=allow_pipes)
        problem = audio.fault(wave, rate)
        if problem:
            raise ValueError(f"{problem}, {recording}. Leave it out, e.g. by `disentangle data fix`.")
        generator = np.random.default_rng([seed, zlib.crc32(name.encode())])
        for channel in chain:
            wave = channel(wave, rate, generator)
        audio.save(sound / f"{name}.wav", wave, rate)
    tables["wav.scp"] = {name: _file(sound, name) for name in tables["wav.scp"]}
    write_tables(target, tables)
    return len(tables["wav.scp"])


def _without_features(tables: Tables) -> Tables:
    return {name: table for name, table in tables.items() if name not in FEATURES}


def _unchanged(tables: Tables) -> Tables:
    unique = tables.get("utt2uniq", {name: name for name in tables["utt2spk"]})
    return tables | {"utt2uniq": unique}


def _at_speed(tables: Tables, speed: float, sound: Path) -> Tables:
    prefix, divided = _prefix(speed), _divider(speed)
    values: dict[str, Callable[[str, str], str]] = {
        "utt2spk": lambda _, value: prefix + value,
        "wav.scp": lambda key, _: _file(sound, prefix + key),
        "utt2dur": lambda _, value: divided(value),
        "reco2dur": lambda _, value: divided(value),
        "segments": lambda _, value: _segment(prefix, value, divided),
    }
    return {
        name: {prefix + key: values.get(name, _same)(key, value) for key, value in table.items()}
        for name, table in _unchanged(tables).items()
        if name != "spk2utt"
    }


def _same(_: str, value: str) -> str:
    return value


def _segment(prefix: str, value: str, divided: Callable[[str], str]) -> str:
    recording, start, end = value.split()
    return f"{prefix}{recording} {divided(start)} {divided(end)}"


def _divider(speed: float) -> Callable[[str], str]:
    return lambda seconds: f"{float(seconds) / speed:.6f}"


def _prefix(speed: float) -> str:
    return f"sp{speed:g}-"


def _file(sound: Path, name: str) -> str:
    return str((sound / f"{name}.wav").absolute())
