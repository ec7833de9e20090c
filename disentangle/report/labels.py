"""Who says what in the utterances that were embedded, for colours and marks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from disentangle.report.experiment import Experiment

FACTORS = ("digit", "word", "sentence")
MOST = 40  # labels that can still be told apart by colour


@dataclass(frozen=True)
class Labels:
    """Labels by utterance.

    Args:
        speaker: who says it.
        gender: of the speaker, where known.
        said: the word, digit or sentence, where it is one of a few.
        factor: what ``said`` is called: digit, word, sentence.
    """

    speaker: Mapping[str, str]
    gender: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    factor: str = ""


def embeddings_folder(experiment: Experiment) -> Path | None:
    """EXP/embeddings/test, or the first other folder there whose vectors of speakers are indexed."""
    folder = experiment.folder / "embeddings"
    found = sorted(path.parent for path in folder.glob("*/*.scp"))
    return next((path for path in found if path.name == "test"), found[0] if found else None)


def data_folder(experiment: Experiment, embeddings: Path) -> Path | None:
    """The data directory behind an embeddings folder: the one of its name beside the training data."""
    train = experiment.config.get("train")
    if not isinstance(train, str):
        return None
    beside = Path(train).parent / embeddings.name
    return beside if (beside / "utt2spk").is_file() else None


def read_labels(data: Path) -> Labels:
    """The labels of a data directory.

    Raises:
        ValueError: the directory cannot be read.
    """
    from disentangle.corpus.directory import read

    utterances = read(data).utterances
    factors = {f: {u.id: u.labels[f] for u in utterances if f in u.labels} for f in FACTORS}
    factors["text"] = {u.id: u.text for u in utterances if u.text}
    factor = next((f for f, said in factors.items() if _few(said)), "")
    return Labels(
        {u.id: u.speaker for u in utterances},
        {u.id: u.labels["gender"] for u in utterances if "gender" in u.labels},
        factors.get(factor, {}),
        factor,
    )


def _few(said: Mapping[str, str]) -> bool:
    """Several labels, each said more than once on average, few enough for colours."""
    count = len(set(said.values()))
    return 1 < count <= min(MOST, len(said) // 2)
