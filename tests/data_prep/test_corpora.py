"""Each corpus in a miniature of its public layout becomes sound data directories with the split of its makers."""

import re
from pathlib import Path

import pytest

from disentangle.corpus.directory import read
from disentangle.corpus.utterances import Utterance
from disentangle.corpus.validation import validate
from disentangle.data_prep import find, folder
from tests.data_prep import layouts
from tests.data_prep.layouts import Layout

#: Corpus, layout, and the speakers of train, of test and of validation/test.
CORPORA: list[tuple[str, Layout, str, str, str]] = [
    ("vctk", layouts.vctk_080, "p225 p226 p228 s5", "p227", "p228"),
    ("vctk", layouts.vctk, "p225 p226 p227 p280 s5", "p228", "p227"),
    ("librispeech", layouts.librispeech, "103 19 20", "61", "84"),
    ("libritts", layouts.libritts, "103 1034", "61", "84"),
    ("timit", layouts.timit, "fcjf0 mtpf0", "felc0 mdab0", "faks0"),
    ("timit", layouts.timit_lower, "fcjf0 mtpf0", "felc0 mdab0", "faks0"),
    ("voxceleb", layouts.voxceleb, "id00012 id09999 id10001 id10002", "id10270 id10309", "id10001"),
    ("aishell1", layouts.aishell1, "S0002 S0003", "S0764", "S0724"),
    ("aishell3", layouts.aishell3, "SSB0005 SSB0009", "SSB0139", ""),
    ("cmu_arctic", layouts.cmu_arctic, "bdl clb slt", "rms", ""),
    ("l2_arctic", layouts.l2_arctic, "ABA HKK THV", "SKA", ""),
    ("esd", layouts.esd, "0001 0011", "0001 0011", "0001 0011"),
    ("esd", layouts.esd_divided, "0011", "0011", "0011"),
    ("common_voice", layouts.common_voice, "a" * 64, "c" * 64, "b" * 64),
    ("speech_commands", layouts.speech_commands, "0a7c2a8d", "0a9f9af7", "0ab3b47d"),
    ("audiomnist", layouts.audiomnist, "01 02", "05", "12"),
    ("emodb", layouts.emodb, "03 08 16", "13", ""),
    ("folder", layouts.folder_of_speakers, "ann bob dan", "cyd_lee", ""),
]
NAMED = [pytest.param(*row, id=row[1].__name__) for row in CORPORA]


def utterances(data: Path, part: str) -> tuple[Utterance, ...]:
    return read(data / part).utterances if (data / part).is_dir() else ()


def contents(data: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in sorted(data.rglob("*")) if file.is_file()}


@pytest.mark.parametrize(("corpus", "layout", "train", "test", "chosen"), NAMED)
def test_a_corpus_becomes_sound_data_directories(
    tmp_path: Path, corpus: str, layout: Layout, train: str, test: str, chosen: str
) -> None:
    source, data = layout(tmp_path / "source"), tmp_path / "data"
    find(corpus).prepare(source, data)
    made = sorted(file.parent for file in data.rglob("utt2spk"))
    assert [str(p) for folder in made for p in validate(folder) if not p.is_warning] == []
    for part, speakers in (("train", train), ("test", test), ("validation/test", chosen)):
        assert sorted({u.speaker for u in utterances(data, part)}) == speakers.split(), part
    parts = [{u.id for u in utterances(data, part)} for part in ("train", "judge", "test")]
    assert parts[0] and not parts[0] & parts[1] and not parts[2] & (parts[0] | parts[1])
    assert {u.speaker for u in utterances(data, "judge")} <= {u.speaker for u in utterances(data, "train")}
    chosen_from = {u.id for part in ("train", "judge") for u in utterances(data, f"validation/{part}")}
    assert chosen_from <= parts[0] | parts[1]
    assert not chosen_from & {u.id for u in utterances(data, "validation/test")}
    before = contents(data)
    find(corpus).prepare(source, data)
    assert contents(data) == before


WRONG = sorted({row[0] for row in CORPORA} - {"folder"})


@pytest.mark.parametrize("corpus", WRONG)
def test_a_wrong_folder_says_what_was_looked_for_and_where_the_corpus_is(tmp_path: Path, corpus: str) -> None:
    (tmp_path / "other").mkdir()
    layouts.sound(tmp_path / "other" / "song.wav")
    for source in (tmp_path / "other", tmp_path / "nothing"):
        with pytest.raises(ValueError, match=r"^no .* looked for .*\. The corpus is to be had at http") as refusal:
            find(corpus).prepare(source, tmp_path / "data")
        assert "\n" not in str(refusal.value)
        assert str(source) in str(refusal.value)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("corpus", "layout", "part", "name", "text", "labels"),
    [
        (
            "vctk",
            layouts.vctk_080,
            "train",
            "p225-001",
            "Sentence 001.",
            {"sentence": "1", "accent": "English", "sex": "f"},
        ),
        ("librispeech", layouts.librispeech, "test-clean", "61-198-0000", "NORTHANGER ABBEY", {"gender": "m"}),
        (
            "libritts",
            layouts.libritts,
            "test",
            "61-1241-000000-000000",
            "matthew Cuthbert is surprised",
            {"gender": "m"},
        ),
        (
            "timit",
            layouts.timit,
            "test_complete",
            "mabw0-sx127",
            "She had your dark suit in greasy wash water all year.",
            {"gender": "m", "dialect": "dr2", "sentence": "sx127", "kind": "sx"},
        ),
        ("aishell1", layouts.aishell1, "test", "BAC009S0764W0121", "而 对 楼市 成交", {"gender": "m"}),
        ("aishell3", layouts.aishell3, "test", "SSB0139-0001", "广州", {"gender": "f", "age": "B", "accent": "north"}),
        (
            "cmu_arctic",
            layouts.cmu_arctic,
            "test",
            "rms-b0001",
            "Gad, your letter came.",
            {"gender": "m", "sentence": "b0001"},
        ),
        ("l2_arctic", layouts.l2_arctic, "test", "SKA-a0001", "Author of the danger trail", {"accent": "arabic"}),
        (
            "esd",
            layouts.esd,
            "test",
            "0001-000371",
            "打远一看",
            {"emotion": "angry", "language": "zh", "sentence": "zh021"},
        ),
        (
            "common_voice",
            layouts.common_voice,
            "train",
            "a" * 64 + "-common_voice_de_971",
            'Er sagte: "Nein".',
            {"gender": "f"},
        ),
        ("speech_commands", layouts.speech_commands, "test", "0a9f9af7-yes-1", "yes", {"word": "yes"}),
        (
            "audiomnist",
            layouts.audiomnist,
            "test",
            "05-9-49",
            "nine",
            {"digit": "9", "gender": "f", "accent": "German"},
        ),
        ("emodb", layouts.emodb, "test", "13-a02-anger-c", "Das will sie am Mittwoch abgeben.", {"emotion": "anger"}),
    ],
)
def test_names_words_and_factors(
    tmp_path: Path, corpus: str, layout: Layout, part: str, name: str, text: str, labels: dict[str, str]
) -> None:
    find(corpus).prepare(layout(tmp_path / "source"), tmp_path / "data")
    found = {u.id: u for u in read(tmp_path / "data" / part).utterances}
    assert found[name].text == text
    assert labels.items() <= found[name].labels.items()


def test_vctk_keeps_the_speaker_without_words_apart_and_both_microphones(tmp_path: Path) -> None:
    find("vctk").prepare(layouts.vctk(tmp_path / "source"), tmp_path / "data")
    made = {str(file.parent.relative_to(tmp_path / "data")) for file in (tmp_path / "data").rglob("utt2spk")}
    assert {"mic2/train", "mic2/test", "untranscribed"} <= made
    assert {u.speaker for u in utterances(tmp_path / "data", "untranscribed")} == {"p315"}
    first = {u.labels["microphone"] for u in utterances(tmp_path / "data", "test")}
    second = {u.labels["microphone"] for u in utterances(tmp_path / "data", "mic2/test")}
    assert (first, second) == ({"mic1"}, {"mic2"})
    assert "s5-100-mic2" in {u.id for part in ("train", "judge") for u in utterances(tmp_path / "data", f"mic2/{part}")}


def test_voxceleb_trials_name_utterances_and_compressed_audio_is_piped(tmp_path: Path) -> None:
    source = layouts.voxceleb(tmp_path / "source")
    find("voxceleb").prepare(source, tmp_path / "data")
    trials = (tmp_path / "data" / "trials" / "veri_test2.txt").read_text().splitlines()
    assert trials == [
        "id10270-1zcIwhmdeo4-00001 id10270-7gWzIy6yIIk-00001 target",
        "id10270-1zcIwhmdeo4-00001 id10309-1zcIwhmdeo4-00001 nontarget",
    ]
    assert len(utterances(tmp_path / "data", "voxceleb1")) == 8
    (piped,) = utterances(tmp_path / "data", "voxceleb2_test")
    assert piped.recording.startswith("ffmpeg ") and piped.recording.endswith("|")
    assert piped.labels == {"video": "21Uxsk56VDQ", "gender": "m"}
    (source / "veri_test.txt").write_text("1 id10270/1zcIwhmdeo4/00001.wav id19999/1zcIwhmdeo4/00001.wav\n")
    with pytest.raises(ValueError, match=r"no recording of id19999-1zcIwhmdeo4-00001, .*veri_test.txt:1"):
        find("voxceleb").prepare(source, tmp_path / "data")


def test_aishell1_recordings_without_words_are_kept_apart(tmp_path: Path) -> None:
    find("aishell1").prepare(layouts.aishell1(tmp_path / "source"), tmp_path / "data")
    assert [u.id for u in utterances(tmp_path / "data", "untranscribed")] == ["BAC009S0002W0121"]


def test_several_languages_of_common_voice_are_not_mixed(tmp_path: Path) -> None:
    source = layouts.common_voice(tmp_path / "source")
    layouts.say(source / "fr" / "train.tsv", "client_id\tpath\tsentence\n")
    with pytest.raises(ValueError, match="2 languages in .*: de, fr"):
        find("common_voice").prepare(source, tmp_path / "data")
    find("common_voice").prepare(source / "de", tmp_path / "data")


def test_names_are_taken_apart_by_a_pattern(tmp_path: Path) -> None:
    for name in ("ann_3_a", "ann_4_b", "bob_3_a"):
        layouts.sound(tmp_path / "source" / "all" / f"{name}.flac")
    pattern = r"(?P<speaker>\w+?)_(?P<digit>\d)_(?P<text>\w)"
    folder.prepare(tmp_path / "source", tmp_path / "data", pattern)
    found = utterances(tmp_path / "data", "all")
    assert [(u.id, u.speaker, u.text, u.labels) for u in found] == [
        ("ann-all-ann_3_a", "ann", "a", {"digit": "3"}),
        ("ann-all-ann_4_b", "ann", "b", {"digit": "4"}),
        ("bob-all-bob_3_a", "bob", "a", {"digit": "3"}),
    ]
    assert not (tmp_path / "data" / "train").exists()
    folder.prepare(tmp_path / "source", tmp_path / "by_path", r"(?P<split>\w+)/(?P<speaker>\w+?)_.*")
    assert {u.labels["split"] for u in utterances(tmp_path / "by_path", "all")} == {"all"}


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?P<speaker>", "is no regular expression"),
        ("(\\w+)_.*", "no group (?P<speaker>...)"),
        ("(?P<speaker>bob)_.*", "does not match"),
        (None, "a file in no speaker's folder"),
    ],
)
def test_a_folder_that_tells_no_speakers_is_refused(tmp_path: Path, pattern: str | None, said: str) -> None:
    layouts.sound(tmp_path / "source" / "ann_3.wav")
    with pytest.raises(ValueError, match=re.escape(said)):
        folder.prepare(tmp_path / "source", tmp_path / "data", pattern)
    assert not (tmp_path / "data").exists()
    with pytest.raises(ValueError, match="no audio in"):
        folder.prepare(tmp_path / "nothing", tmp_path / "data")
