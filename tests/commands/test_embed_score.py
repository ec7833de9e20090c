"""`embed` and `score` through the command line, with a small untrained model; what a user gets wrong is one line."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import kaldiio
import numpy as np
import pytest

from disentangle import config
from disentangle.adversarial.export import export
from disentangle.cli import main
from disentangle.corpus import archives, audio, directory
from disentangle.corpus.utterances import Utterance
from disentangle.scoring import embeddings
from disentangle.scoring.chunks import Chunk
from disentangle.scoring.embeddings import CHUNK
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import ContentOptions, DecoderOptions, FrontEndOptions, SpeakerOptions, SpeechConfig

SMALL = replace(
    SpeechConfig().model,
    front_end=FrontEndOptions(rate=8000, mels=20),
    content=ContentOptions(channels=8, layers=1, bottleneck="none", dims=4),
    speaker=SpeakerOptions(channels=8, dims=8, second_order=4),
    decoder=DecoderOptions(channels=8, layers=1),
)


def write_data(folder: Path, takes: int, rate: int = 8000, unlike: float = 0.0) -> None:
    """Two speakers, each a hum of its own in noise, a quarter of a second long and up to so many seconds more."""
    rng, utterances = np.random.default_rng(0), []
    for k in range(takes):
        for speaker, pitch in (("ada", 200), ("bob", 330)):
            id_ = f"{speaker}-{folder.name}{k}"
            t = np.arange(rate // 4 + round(rate * unlike * (7 * k % takes) / takes)) / rate
            wave = 0.1 * np.sign(np.sin(2 * np.pi * pitch * t)) + 0.01 * rng.normal(size=len(t))
            audio.save(folder.parent / "wav" / f"{id_}.wav", wave, rate)
            utterances.append(Utterance(id_, speaker, str(folder.parent / "wav" / f"{id_}.wav")))
    directory.write(folder, utterances)


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """An experiment folder with an exported model, and data/{train,test} beside it."""
    write_data(tmp_path / "data" / "train", 3)
    write_data(tmp_path / "data" / "test", 2)
    settings = SpeechConfig(name="small", train=str(tmp_path / "data" / "train"), model=SMALL)
    folder = tmp_path / "exp"
    folder.mkdir()
    config.write(settings, folder / "config.yaml")
    export(folder / "model", SpeechModel(SMALL).state_dict(), (folder / "config.yaml").read_text(), "card")
    return folder


def test_embed_writes_archives_and_another_rate_is_resampled(experiment: Path, tmp_path: Path) -> None:
    write_data(tmp_path / "other" / "test", 2, rate=16000)
    assert main(["embed", str(experiment), str(tmp_path / "other" / "test"), str(tmp_path / "out"), "--nj", "1"]) == 0
    speaker = archives.read(tmp_path / "out" / "speaker.scp")
    content = archives.read(tmp_path / "out" / "content.scp")
    assert sorted(speaker) == sorted(content) == ["ada-test0", "ada-test1", "bob-test0", "bob-test1"]
    assert {x.shape for x in content.values()} == {(26, 4)}


def test_a_process_that_is_killed_half_way_changes_no_byte(experiment: Path, tmp_path: Path) -> None:
    """The recording of one utterance is a command that kills the process which reads it, the first time."""
    data, mark = tmp_path / "many" / "test", tmp_path / "killed"
    write_data(data, 20, unlike=0.5)
    lines = [line.split() for line in (data / "wav.scp").read_text().splitlines()]
    assert len(lines) > CHUNK, "one chunk for each process"
    lines[2][1] = f"[ -e {mark} ] || {{ touch {mark}; kill -9 $PPID; }}; cat {lines[2][1]} |"
    (data / "wav.scp").write_text("".join(f"{' '.join(words)}\n" for words in lines))
    words = ["embed", str(experiment), str(data), "--allow-pipes", "--nj"]
    assert main([*words, "2", str(tmp_path / "two")]) == 0 and mark.exists()
    assert main([*words, "1", str(tmp_path / "one")]) == 0
    for name in ("speaker.ark", "content.ark", "spk_speaker.ark"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    content = dict(kaldiio.load_ark(str(tmp_path / "one" / "content.ark")))
    assert list(content) == [utterance.id for utterance in directory.read(data).utterances], "in the order of the list"
    assert {len(x) for x in content.values()} > {26}, "of many lengths"


def test_embedded_with_others_is_embedded_alone(experiment: Path, tmp_path: Path) -> None:
    data = tmp_path / "many" / "test"
    write_data(data, 3, unlike=0.5)
    assert main(["embed", str(experiment), str(data), str(tmp_path / "all"), "--nj", "1"]) == 0
    for name in ("ada-test1", "bob-test2"):
        (alone,) = (u for u in directory.read(data).utterances if u.id == name)
        directory.write(tmp_path / name, [alone])
        assert main(["embed", str(experiment), str(tmp_path / name), str(tmp_path / f"{name}.out"), "--nj", "1"]) == 0
        for kind in ("speaker.scp", "content.scp"):
            one, together = archives.read(tmp_path / f"{name}.out" / kind), archives.read(tmp_path / "all" / kind)
            np.testing.assert_allclose(one[name], together[name], rtol=0, atol=1e-5)


def test_one_that_is_left_out_changes_no_byte_of_the_others_where_a_table_tells_its_length(
    experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together: list[list[str]] = []

    def embedded(exp: Path, chunk: Chunk, *rest: Any) -> Any:
        together.append([u.id for u in chunk.utterances])
        return made(exp, chunk, *rest)

    made = embeddings._embed_chunk
    monkeypatch.setattr(embeddings, "_embed_chunk", embedded)
    data = tmp_path / "many" / "test"
    write_data(data, 12, unlike=0.5)
    told = [f"{u.id} {audio.seconds(u)}\n" for u in directory.read(data).utterances]
    (data / "utt2dur").write_text("".join(told))
    found = []
    for name in ("whole", "broken"):
        words = ["embed", str(experiment), str(data), str(tmp_path / name), "--nj", "1", "--on-error", "skip"]
        assert main(words) == 0
        found.append({kind: archives.read(tmp_path / name / f"{kind}.scp") for kind in ("speaker", "content")})
        (tmp_path / "many" / "wav" / "ada-test5.wav").write_text("words where sound should be\n" * 50)
    for kind, other in found[1].items():
        assert found[0][kind].keys() - other.keys() == {"ada-test5"}
        assert all(np.array_equal(found[0][kind][key], other[key]) for key in other)
    assert together == together[: len(together) // 2] * 2, "the same pass the networks together"


def test_score_writes_what_it_prints_the_same_whatever_the_number_of_processes(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["score", str(experiment), str(tmp_path / "data" / "test"), "--json", "--nj"]
    only = ["--only", "speaker_eer,content_speaker_accuracy_linear,conversion"]
    assert main([*command, "1", *only]) == 0
    printed = capsys.readouterr()
    assert sorted(json.loads(printed.out)) == ["content_speaker_accuracy_linear", "speaker_eer"]
    assert "left out: conversion_speaker_accept, " in printed.err and "--judge DIR" in printed.err
    assert json.loads(printed.out) == json.loads((experiment / "scores.json").read_text())
    assert list(json.loads((experiment / "probes.json").read_text())) == ["content_speaker_accuracy_linear"]
    assert main([*command, "2", *only, "--out", str(tmp_path / "two.json")]) == 0
    assert (tmp_path / "two.json").read_bytes() == (experiment / "scores.json").read_bytes()


def test_scores_that_are_asked_for_by_name_join_those_of_the_same_model_and_data(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def scored(data: Path, name: str) -> set[str]:
        assert main(["score", str(experiment), str(data), "--nj", "1", "--json", "--only", name]) == 0
        assert list(json.loads(capsys.readouterr().out)) == [name]
        return set(json.loads((experiment / "scores.json").read_text()))

    data, other = tmp_path / "data" / "test", tmp_path / "other" / "test"
    write_data(other, 3)
    first, second = "content_speaker_accuracy_linear", "speaker_eer"
    assert scored(data, first) == {first}
    assert scored(data, second) == {first, second}
    assert list(json.loads((experiment / "probes.json").read_text())) == [first]
    assert scored(other, second) == {second}, "of other data nothing is kept"
    assert scored(other, first) == {first, second}
    trained = experiment / "model" / "model.safetensors"
    later = (experiment / "scores.json").stat().st_mtime + 5
    os.utime(trained, (later, later))
    assert scored(other, second) == {second}, "of an older model neither"


def test_listed_trials_are_the_ones_scored(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trials").write_text("ada-test0 ada-test1 target\nada-test0 bob-test1 nontarget\n")
    data, trials = str(tmp_path / "data" / "test"), str(tmp_path / "trials")
    assert main(["score", str(experiment), data, "--trials", trials, "--only", "speaker_eer", "--nj", "1"]) == 0
    assert json.loads((experiment / "scores.json").read_text())["speaker_eer"]["n"] == 2
    assert "speaker_eer" in capsys.readouterr().out


def test_bad_input_is_one_line_and_leaves_nothing_behind(
    experiment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(tmp_path / "data" / "test")
    (tmp_path / "trials").write_text("ada-test0 ada-test1 target\nada-test0 zoe nontarget\n")
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    for command, told in (
        (["score", str(tmp_path / "empty"), data], "no trained model"),
        (["score", str(tmp_path / "none"), data], "no experiment folder"),
        (["score", str(experiment), str(tmp_path / "empty")], "no utt2spk"),
        (["score", str(experiment), data, "--trials", str(tmp_path / "trials")], "unknown utterance zoe"),
        (["score", str(experiment), data, "--trials", str(tmp_path / "trials")], "trials:2."),
        (["score", str(experiment), data, "--only", "speaker_err"], "Did you mean 'speaker_eer'?"),
        (["score", str(experiment), data, "--out", str(tmp_path / "file" / "scores.json")], str(tmp_path / "file")),
        (["embed", str(tmp_path / "empty"), data, str(tmp_path / "out")], "no trained model"),
        (["embed", str(experiment), data, str(tmp_path / "file" / "out")], str(tmp_path / "file")),
        (["embed", str(experiment), data, str(tmp_path / "out"), "--what", "pitch"], "'pitch' cannot be embedded"),
        (["embed", str(experiment), str(tmp_path / "nowhere"), str(tmp_path / "out")], "no data directory"),
    ):
        assert main([*command, "--nj", "1"]) == 2, command
        lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("embed")]
        assert len(lines) == 1 and lines[0].startswith("error: ") and told in lines[0]
    assert not (tmp_path / "out").exists()
    assert not (experiment / "scores.json").exists()
