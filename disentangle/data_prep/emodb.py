"""EmoDB, the Berlin database of emotional speech: ten actors say ten German sentences in seven emotions, at 16 kHz.

Licence: free to use, with a citation (Burkhardt et al. 2005).
Home: http://emodb.bilderbar.info
Layout: ``wav/{speaker}{sentence}{emotion}{version}.wav``, e.g. ``03a01Fa.wav``.
Official split: none; one speaker is held out.

Data directories made, with ``text``, ``utt2emotion``, ``utt2sentence`` and ``spk2gender``:

- ``train``, ``judge``, ``test``, ``validation``.
"""

import re
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, held_out, spoken, write_parts

HOME = "http://emodb.bilderbar.info"
GENDERS = {"03": "m", "08": "f", "09": "f", "10": "m", "11": "m", "12": "m", "13": "f", "14": "f", "15": "m", "16": "f"}
EMOTIONS = {
    "W": "anger",
    "L": "boredom",
    "E": "disgust",
    "A": "fear",
    "F": "happiness",
    "T": "sadness",
    "N": "neutral",
}
SENTENCES = {
    "a01": "Der Lappen liegt auf dem Eisschrank.",
    "a02": "Das will sie am Mittwoch abgeben.",
    "a04": "Heute abend könnte ich es ihm sagen.",
    "a05": "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück.",
    "a07": "In sieben Stunden wird es soweit sein.",
    "b01": "Was sind denn das für Tüten, die da unter dem Tisch stehen?",
    "b02": "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter.",
    "b03": "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht.",
    "b09": "Ich will das eben wegbringen und dann mit Karl was trinken gehen.",
    "b10": "Die wird auf dem Platz sein, wo wir sie immer hinlegen.",
}

_NAME = re.compile(r"([0-9]{2})([ab][0-9]{2})([WLEAFTN])([a-z]?)")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, or its ``wav``.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such recordings.
    """
    found = [_utterance(file, match) for file in audio_files(source) if (match := _NAME.fullmatch(file.stem))]
    if not found:
        raise not_found("EmoDB", source, "wav/03a01Fa.wav and its like", HOME)
    write_parts(target, held_out(found))


def _utterance(file: Path, match: re.Match[str]) -> Utterance:
    speaker, sentence, emotion, version = match.groups()
    labels = {"gender": GENDERS.get(speaker), "emotion": EMOTIONS[emotion], "sentence": sentence}
    name = f"{speaker}-{sentence}-{EMOTIONS[emotion]}-{version}".removesuffix("-")
    return spoken(name, speaker, file, SENTENCES.get(sentence), labels)
