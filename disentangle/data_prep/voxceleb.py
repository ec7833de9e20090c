"""VoxCeleb 1 and 2: 7,363 celebrities in interviews on YouTube, 2,800 hours at 16 kHz, with lists of trials.

Licence: CC BY-SA 4.0 (the annotation; the videos are their owners').
Home: https://www.robots.ox.ac.uk/~vgg/data/voxceleb/
Layout: ``.../{speaker}/{video}/{number}.wav`` of VoxCeleb 1 (speakers id1....) and ``.m4a`` of VoxCeleb 2 (id0....),
either or both anywhere below the source; ``vox1_meta.csv``, ``vox2_meta.csv``; trials as ``veri_test.txt``,
``veri_test2.txt``, ``list_test_hard2.txt``, ``list_test_all2.txt``, ...
Official split: the 40 speakers id10270 to id10309 test VoxCeleb 1; VoxCeleb 2 has 118 test speakers, in ``test``
folders and by ``vox2_meta.csv``.

Data directories made, with ``utt2video`` and ``spk2gender`` (where the csv tells it):

- ``train`` and ``judge``: all training speakers; ``test``: VoxCeleb 1's, or VoxCeleb 2's where there is no other;
- ``voxceleb2_test``: VoxCeleb 2's; ``validation``: every tenth training speaker is held out;
- ``voxceleb1``: all of it, where there are trials (E, H) that need it;
- ``trials/NAME``: ``UTT1 UTT2 target|nontarget``, one of each list found.

m4a is read through ffmpeg, by a command in ``wav.scp`` that needs ``--allow-pipes``.
"""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from disentangle.corpus.utterances import Utterance
from disentangle.data_prep import not_found
from disentangle.data_prep._parts import AUDIO, audio_files, gender, official, spoken, write_parts

HOME = "https://www.robots.ox.ac.uk/~vgg/data/voxceleb/"
FIRST_TEST = range(10270, 10310)
LISTS = ("veri_test*.txt", "list_test_*.txt")

_PATH = re.compile(r"(?:.*/)?(id[0-9]{5})/([A-Za-z0-9_-]{11})/([0-9]{5})\.[A-Za-z0-9]+")


def prepare(source: Path, target: Path) -> None:
    """Make the data directories and lists of trials; the audio stays where it is.

    Args:
        source: a folder that holds VoxCeleb 1, VoxCeleb 2 or both.
        target: where the data directories are made.

    Raises:
        ValueError: the source holds no such recordings, or a list names one that is not there.
    """
    files = audio_files(source, AUDIO | {".m4a"})
    matched = [(file, match) for file in files if (match := _PATH.fullmatch(file.as_posix()))]
    if not matched:
        raise not_found("VoxCeleb", source, "id10001/1zcIwhmdeo4/00001.wav (or .m4a) in any folder", HOME)
    people = _people(source)
    found: dict[str, list[Utterance]] = {"train": [], "voxceleb1": [], "first": [], "voxceleb2_test": []}
    for file, match in matched:
        utterance = _utterance(file, match, people.get(match[1], {}).get("gender"))
        found[_part(source, file, match[1], people)].append(utterance)
        if match[1].startswith("id1"):
            found["voxceleb1"].append(utterance)
    trials = _trials(source, {u.id for utterances in found.values() for u in utterances})
    parts = official(found["train"], found["first"] or found["voxceleb2_test"])
    parts["voxceleb2_test"] = found["voxceleb2_test"]
    if any(name.startswith("list_test") for name in trials):
        parts["voxceleb1"] = found["voxceleb1"]
    write_parts(target, parts)
    for name, lines in trials.items():
        (target / "trials").mkdir(exist_ok=True)
        (target / "trials" / name).write_text("".join(lines), encoding="utf-8")


def _utterance(file: Path, match: re.Match[str], sex: str | None) -> Utterance:
    speaker, video, number = match.groups()
    name, labels = f"{speaker}-{video}-{number}", {"video": video, "gender": sex}
    if file.suffix.lower() != ".m4a":
        return spoken(name, speaker, file, None, labels)
    command = f"ffmpeg -v error -i {shlex.quote(str(file.absolute()))} -f wav -ac 1 -ar 16000 - |"
    return Utterance(name, speaker, command, labels={key: value for key, value in labels.items() if value})


def _part(source: Path, file: Path, speaker: str, people: dict[str, dict[str, str | None]]) -> str:
    if speaker.startswith("id1"):
        return "first" if int(speaker[2:]) in FIRST_TEST else "train"
    folders = file.relative_to(source).parts[:-3]
    known = people.get(speaker, {}).get("set")
    is_test = known == "test" if known else any(re.search(r"(?:^|_)test(?:_|$)", folder) for folder in folders)
    return "voxceleb2_test" if is_test else "train"


def _people(source: Path) -> dict[str, dict[str, str | None]]:
    """Gender and set of each speaker; the two files differ in columns and in what separates them."""
    found = {}
    for file in (file for version in (1, 2) for file in sorted(source.rglob(f"vox{version}_meta.csv"))):
        for line in file.read_text(encoding="utf-8").splitlines():
            fields = [field.strip() for field in re.split(r"[,\t]", line)]
            if re.fullmatch(r"id[0-9]{5}", fields[0]):
                sex = next((gender(field) for field in fields if field in ("m", "f")), None)
                found[fields[0]] = {"gender": sex, "set": fields[-1]}
    return found


def _trials(source: Path, known: set[str]) -> dict[str, list[str]]:
    """The trials of each list, whose lines are ``1|0 SPEAKER/VIDEO/NUMBER.wav SPEAKER/VIDEO/NUMBER.wav``."""
    found: dict[str, list[str]] = {}
    for file in sorted(file for pattern in LISTS for file in source.rglob(pattern)):
        lines = file.read_text(encoding="utf-8").splitlines()
        found[file.name] = [_trial(file, number, line.split(), known) for number, line in enumerate(lines, 1)]
    return found


def _trial(file: Path, number: int, fields: Sequence[str], known: set[str]) -> str:
    match fields:
        case [("0" | "1") as same, first, second]:
            pair = [path.rpartition(".")[0].replace("/", "-") for path in (first, second)]
        case _:
            raise ValueError(f"not 1|0 FILE FILE, {file}:{number}. Fetch the list again from {HOME}.")
    if missing := [name for name in pair if name not in known]:
        raise ValueError(f"no recording of {missing[0]}, {file}:{number}. Add its speaker's folder, or move the list.")
    return f"{pair[0]} {pair[1]} {'target' if same == '1' else 'nontarget'}\n"
