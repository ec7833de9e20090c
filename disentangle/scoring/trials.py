"""Lists of trials: two utterances a line and whether one person said both."""

from collections.abc import Sequence
from pathlib import Path

from disentangle.corpus.utterances import Utterance


def read(path: Path, utterances: Sequence[Utterance]) -> list[tuple[int, int]]:
    """Pairs of indices of the utterances that each line names.

    Args:
        path: lines of ``UTT1 UTT2 target|nontarget``.
        utterances: those that may be named.

    Raises:
        ValueError: a bad line, an unknown utterance, a word that contradicts the speakers, or trials of one kind only;
            names file and line.
    """
    index = {utterance.id: i for i, utterance in enumerate(utterances)}
    pairs, kinds = [], set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        first, second, kind = _fields(line, f"{path}:{number}", index)
        same = utterances[index[first]].speaker == utterances[index[second]].speaker
        if same != (kind == "target"):
            says = f"{first} and {second} are of {'one speaker' if same else 'two speakers'}, not a {kind} trial"
            raise ValueError(f"{says}, {path}:{number}. Correct the line.")
        pairs.append((index[first], index[second]))
        kinds.add(kind)
    if len(kinds) < 2:
        raise ValueError(f"trials of {len(kinds)} kind, {path}. Both target and nontarget trials are needed.")
    return pairs


def _fields(line: str, where: str, known: dict[str, int]) -> tuple[str, str, str]:
    fields = line.split()
    if len(fields) != 3 or fields[2] not in ("target", "nontarget"):
        raise ValueError(f"not UTT1 UTT2 target|nontarget: '{line}', {where}. Correct the line.")
    first, second, kind = fields
    for name in (first, second):
        if name not in known:
            raise ValueError(f"unknown utterance {name}, {where}. Name utterances of the scored data directory.")
    return first, second, kind
