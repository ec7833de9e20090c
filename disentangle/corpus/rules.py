"""What each table of a data directory is about and what its lines must look like, as Kaldi's validation has it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from disentangle.corpus.tables import Entry
from disentangle.corpus.utterances import NOT_FACTORS

UTTERANCE, SPEAKER, RECORDING = "utterance", "speaker", "recording"

#: Words that Kaldi keeps for itself; they count where no letter, digit or underscore touches them.
RESERVED = re.compile(r"(?<!\w)(?:<s>|</s>|#0)(?!\w)", re.ASCII)

#: Unicode's white space but for space, tab, line feed and carriage return, and what cannot be printed.
WHITE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


@dataclass(frozen=True)
class Rule:
    """One table: what its keys name, how a line reads, and what must hold for the fields after the key."""

    about: str
    form: str
    holds: Callable[[list[str]], bool]
    is_complete: bool = True

    def is_met(self, entry: Entry) -> bool:
        """Whether the line is well formed."""
        try:
            return self.holds(entry.fields)
        except ValueError:
            return False


def _one(fields: list[str]) -> bool:
    return len(fields) == 1


def _anything(_: list[str]) -> bool:
    return True


def _something(fields: list[str]) -> bool:
    return bool(fields)


def _number(fields: list[str], least: float, most: float = float("inf")) -> bool:
    return _one(fields) and least < float(fields[0]) < most


def _segment(fields: list[str]) -> bool:
    return len(fields) == 3 and 0 <= float(fields[1]) < float(fields[2])


def _channel(fields: list[str]) -> bool:
    return len(fields) == 2 and fields[1] in ("A", "B", "1")


RULES: Mapping[str, Rule] = {
    "utt2spk": Rule(UTTERANCE, "UTTERANCE SPEAKER", _one),
    "spk2utt": Rule(SPEAKER, "SPEAKER UTTERANCE...", _something),
    "wav.scp": Rule(RECORDING, "RECORDING FILE, or COMMAND |", _something),
    "segments": Rule(UTTERANCE, "UTTERANCE RECORDING START END, with START before END", _segment),
    "text": Rule(UTTERANCE, "UTTERANCE WORDS...", _anything),
    "spk2gender": Rule(SPEAKER, "SPEAKER m|f", lambda fields: fields in (["m"], ["f"])),
    "spk2warp": Rule(SPEAKER, "SPEAKER FACTOR between 0.5 and 1.5", lambda fields: _number(fields, 0.5, 1.5)),
    "utt2warp": Rule(UTTERANCE, "UTTERANCE FACTOR between 0.5 and 1.5", lambda fields: _number(fields, 0.5, 1.5)),
    "utt2dur": Rule(UTTERANCE, "UTTERANCE SECONDS above 0", lambda fields: _number(fields, 0)),
    "reco2dur": Rule(RECORDING, "RECORDING SECONDS above 0", lambda fields: _number(fields, 0)),
    "utt2num_frames": Rule(
        UTTERANCE, "UTTERANCE FRAMES, a whole number", lambda fields: _number(fields, 0) and float(fields[0]) % 1 == 0
    ),
    "utt2lang": Rule(UTTERANCE, "UTTERANCE LANGUAGE", _anything),
    "utt2uniq": Rule(UTTERANCE, "UTTERANCE NAME", _anything),
    "feats.scp": Rule(UTTERANCE, "UTTERANCE ARCHIVE", _anything),
    "vad.scp": Rule(UTTERANCE, "UTTERANCE ARCHIVE", _anything),
    "cmvn.scp": Rule(SPEAKER, "SPEAKER ARCHIVE", _anything),
    "reco2file_and_channel": Rule(RECORDING, "RECORDING FILE A|B", _channel),
}

_FACTORS = {
    "utt2": Rule(UTTERANCE, "UTTERANCE VALUE", _something, is_complete=False),
    "spk2": Rule(SPEAKER, "SPEAKER VALUE", _something, is_complete=False),
    "reco": Rule(RECORDING, "RECORDING VALUE", _something, is_complete=False),
}


def rule_of(name: str) -> Rule:
    """The rule of a table by its file name; factors of our own and tables unknown to Kaldi may be incomplete."""
    assert name in RULES or name[:4] in _FACTORS, name
    return RULES[name] if name in RULES else _FACTORS[name[:4]]


def is_factor(name: str) -> bool:
    """Whether the file holds a factor of the utterances."""
    return name.startswith("utt2") and name not in NOT_FACTORS
