"""TIMIT: 630 speakers of eight dialects of American English read ten sentences each, at 16 kHz.

Licence: the LDC's user agreement.
Home: https://catalog.ldc.upenn.edu/LDC93S1
Layout: ``{TRAIN,TEST}/DR{1-8}/{speaker}/{sentence}.WAV`` (NIST's sphere under that name, or RIFF) with ``.TXT`` beside
it, in upper or lower case; copies named ``.WAV.wav`` are read in place of what they copy.
Official split: TRAIN, 462 speakers; the core test set, 24 of TEST. The 50 others of TEST that are commonly used for
development (Halberstadt 1998) choose configurations.

Data directories made, with ``text``, ``spk2gender``, ``utt2dialect``, ``utt2sentence`` and, in ``utt2kind``, whether a
sentence is said by all (SA), by seven (SX) or by one (SI):

- ``train`` and ``judge``: of TRAIN; ``test``: the core test set; ``test_complete``: all of TEST;
- ``validation``: the same with the development speakers as its ``test``.
"""

import re
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import audio_files, official, spoken, write_parts

HOME = "https://catalog.ldc.upenn.edu/LDC93S1"

CORE = """
    fdhc0 felc0 fjlm0 fmgd0 fmld0 fnlp0 fpas0 fpkt0 mbpm0 mcmj0 mdab0 mgrt0 mjdh0 mjln0 mjmp0 mklt0 mlll0
    mlnt0 mnjm0 mpam0 mtas1 mtls0 mwbt0 mwew0
"""
DEVELOPMENT = """
    fadg0 faks0 fcal1 fcmh0 fdac1 fdms0 fdrw0 fedw0 fgjd0 fjem0 fjmg0 fjsj0 fkms0 fmah0 fmml0 fnmr0 frew0
    fsem0 majc0 mbdg0 mbns0 mbwm0 mcsh0 mdlf0 mdls0 mdvc0 mers0 mgjf0 mglb0 mgwt0 mjar0 mjfc0 mjsw0 mmdb1
    mmdm2 mmjr0 mmwh0 mpdf0 mrcs0 mreb0 mrjm4 mrjr0 mroa0 mrtk0 mrws1 mtaa0 mtdt0 mteb0 mthc0 mwjg0
"""

_PATH = re.compile(r"(?:.*/)?(train|test)/dr([1-8])/([fm][a-z]{3}[0-9])/(s[aix][0-9]+)\.wav(?:\.wav)?", re.IGNORECASE)


def prepare(source: Path, target: Path) -> None:
    """Make the data directories; the audio stays where it is.

    Args:
        source: the corpus's folder, which holds TRAIN and TEST, or one above it.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such recordings.
    """
    files = [(file, match) for file in audio_files(source) if (match := _PATH.fullmatch(file.as_posix()))]
    copied = {file.with_suffix("") for file, _ in files if file.with_suffix("").suffix.lower() == ".wav"}
    found: dict[str, list[Utterance]] = {"train": [], "test": []}
    for file, match in files:
        if file not in copied:
            found[match[1].lower()].append(_utterance(file, match))
    if not any(found.values()):
        raise not_found("TIMIT", source, "TRAIN/DR1/FCJF0/SA1.WAV and TEST, in upper or lower case", HOME)
    core, development = ([u for u in found["test"] if u.speaker in who.split()] for who in (CORE, DEVELOPMENT))
    parts = official(found["train"], core, development or None)
    write_parts(target, parts | {"test_complete": found["test"]})


def _utterance(file: Path, match: re.Match[str]) -> Utterance:
    dialect, speaker, sentence = (word.lower() for word in match.groups()[1:])
    beside = (file.parent / f"{file.name.partition('.')[0]}{suffix}" for suffix in (".TXT", ".txt"))
    lines = [words.read_text(encoding="utf-8") for words in beside if words.is_file()]
    text = lines[0].split(maxsplit=2)[2] if lines else None  # "0 46797 She had your dark suit ..."
    labels = {"gender": speaker[0], "dialect": f"dr{dialect}", "sentence": sentence, "kind": sentence[:2]}
    return spoken(f"{speaker}-{sentence}", speaker, file, text, labels)
