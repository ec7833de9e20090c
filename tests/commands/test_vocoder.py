"""A vocoder as a user drives it: trained, resumed, trained on by what a speech model makes, used for conversion."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from safetensors.torch import load_file

import disentangle
from disentangle import config as configuration
from disentangle.cli import main
from disentangle.scoring.vocoder import NAMES
from disentangle.speech.vocoder_options import VocoderConfig
from tests.commands.conftest import Refusal, spoken, voiced
from tests.conftest import ROOT

TERMS = {"critic/real", "critic/fake", "generator/fool", "generator/features", "generator/mel"}


def train(config: Path, data: Path, out: Path, *words: str) -> int:
    return main(["train", str(config), "--data", str(data), "--out", str(out), *words])


def lines(out: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def test_the_folder_holds_configuration_log_checkpoints_and_a_model_that_loads(vocoder: Path, data: Path) -> None:
    config = yaml.safe_load((vocoder / "config.yaml").read_text())
    assert (config["name"], config["train"], config["vocoder"]["generator"]["kind"]) == (
        "tiny_vocoder",
        str(data),
        "spectral",
    )
    assert [line["step"] for line in lines(vocoder)] == [1, 2, 3]
    assert lines(vocoder)[0].keys() >= TERMS
    assert "log-mels of 16 filters every 10 ms" in (vocoder / "model" / "card.md").read_text()
    made = disentangle.load_vocoder(vocoder)
    wave = voiced("ann", 0.5).astype(np.float32)
    again = made.wave(made.log_mel(wave), len(wave))
    assert again.shape == wave.shape and np.isfinite(again).all() and again.std() > 0


def test_what_is_seen_and_heard_in_tensorboard_changes_no_byte_of_the_vocoder(
    vocoder: Path, tiny_vocoder: Path, data: Path, tmp_path: Path
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    assert train(tiny_vocoder, data, tmp_path / "shown", "training.show_every=2") == 0
    model = "model/model.safetensors"
    assert (tmp_path / "shown" / model).read_bytes() == (vocoder / model).read_bytes()
    events = EventAccumulator(str(tmp_path / "shown" / "tensorboard"))
    events.Reload()
    assert sorted(events.Tags()["images"]) == ["original", "vocoded"]
    assert sorted(events.Tags()["audio"]) == ["original_heard", "vocoded_heard"]


def test_a_run_that_is_resumed_ends_with_the_same_bytes(
    vocoder: Path, tiny_vocoder: Path, data: Path, tmp_path: Path
) -> None:
    assert train(tiny_vocoder, data, tmp_path / "whole") == 0
    (tmp_path / "cut").mkdir()
    assert train(tiny_vocoder, data, tmp_path / "cut") == 0
    (tmp_path / "cut" / "checkpoints" / "step-00000003.pt").unlink()
    assert train(tiny_vocoder, data, tmp_path / "cut", "--resume") == 0
    weights = "model/model.safetensors"
    assert (tmp_path / "cut" / weights).read_bytes() == (vocoder / weights).read_bytes()
    assert (tmp_path / "whole" / weights).read_bytes() == (vocoder / weights).read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("vocoder.generator.kind=hifigan",),
        ("vocoder.generator.causal=true", "loss.objective=hinge"),
        ("loss.objective=non_saturating", "loss.scales=[1.0]", "critics.periods=0"),
        ("training.precision=bf16", "players.generator.ema=0.9"),
    ],
    ids=lambda words: words[0],
)
def test_every_part_that_can_be_chosen_trains(
    words: tuple[str, ...], tiny_vocoder: Path, data: Path, tmp_path: Path
) -> None:
    assert train(tiny_vocoder, data, tmp_path, *words, "training.steps=2") == 0
    assert lines(tmp_path)[-1].keys() >= TERMS
    disentangle.load_vocoder(tmp_path)


def test_the_generator_begins_alone(tiny_vocoder: Path, data: Path, tmp_path: Path, refusal: Refusal) -> None:
    assert train(tiny_vocoder, data, tmp_path / "exp", "alone=2") == 0
    assert [len(TERMS & line.keys()) for line in lines(tmp_path / "exp")] == [1, 1, 5]
    said = refusal(["train", tiny_vocoder, "--data", data, "--out", tmp_path / "no", "alone=3"])
    assert "alone is 3 of training.steps=3" in said


def test_a_second_stage_goes_on_from_the_first_with_what_a_speech_model_makes(
    vocoder: Path, trained: Path, tiny_vocoder: Path, data: Path, tmp_path: Path
) -> None:
    stage = (f"stage.start={vocoder}", f"stage.speech={trained}", "stage.share=1.0")
    assert train(tiny_vocoder, data, tmp_path / "second", *stage) == 0
    assert "100% of it log-mels that" in (tmp_path / "second" / "model" / "card.md").read_text()
    first, second = (load_file(exp / "model" / "model.safetensors") for exp in (vocoder, tmp_path / "second"))
    assert first["loudness"].equal(second["loudness"]) and first["mean"].equal(second["mean"])
    gap = max(float((first[name] - second[name]).abs().max()) for name in first)
    assert 0 < gap < 0.05, "a few small steps from where the first ended"
    assert train(tiny_vocoder, data, tmp_path / "own", stage[0]) == 0
    assert lines(tmp_path / "own")[0]["generator/mel"] != lines(tmp_path / "second")[0]["generator/mel"]


def test_conversion_sounds_by_the_vocoder(vocoder: Path, trained: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.7), 8000)
    soundfile.write(tmp_path / "cas.wav", voiced("cas", 0.5), 8000)
    words = ["--source", str(tmp_path / "ann.wav"), "--target", str(tmp_path / "cas.wav"), "--out"]
    assert main(["convert", str(trained), *words, str(tmp_path / "gl.wav")]) == 0
    assert main(["convert", str(trained), *words, str(tmp_path / "v.wav"), "--vocoder", str(vocoder)]) == 0
    griffin_lim, made = (soundfile.read(tmp_path / name)[0] for name in ("gl.wav", "v.wav"))
    assert len(made) == len(griffin_lim) == 5600
    assert not np.allclose(made, griffin_lim, atol=1e-3)
    model = disentangle.load(trained, vocoder)
    source = voiced("ann", 0.7).astype(np.float32)
    mel = model.log_mel(source)
    expected = disentangle.load_vocoder(vocoder).wave(mel, len(source))
    np.testing.assert_array_equal(model.vocode(mel, len(source)), expected)


def test_its_score_stands_beside_griffin_lims(vocoder: Path, data: Path, tmp_path: Path) -> None:
    exp = Path(shutil.copytree(vocoder, tmp_path / "exp"))
    assert main(["score", str(exp), str(data), "--nj", "1"]) == 0
    scores = json.loads((exp / "scores.json").read_text())
    assert scores.keys() == set(NAMES)
    assert scores["real_stoi"]["value"] == pytest.approx(1)
    assert scores["vocoder_mel_error"]["n"] == 12 and scores["stoi"]["n"] == 6, "two of 0.4 s are joined for STOI"
    for name in ("mel_error", "stft_error"):
        assert scores[f"vocoder_{name}"]["value"] > scores[f"griffinlim_{name}"]["value"] > 0, (
            "three steps teach little"
        )
    assert scores["stoi"]["value"] < scores["griffinlim_stoi"]["value"] < 1
    assert main(["report", str(exp)]) == 0
    page = (exp / "report.html").read_text("utf-8")
    assert "Sound from log-mels" in page and "Griffin-Lim" in page


def test_only_what_is_asked_for_is_scored_and_the_same_in_two_processes(
    vocoder: Path, data: Path, tmp_path: Path, refusal: Refusal
) -> None:
    for jobs in ("1", "2"):
        words = ["--only", "stoi,vocoder_mel_error", "--nj", jobs, "--out", str(tmp_path / f"{jobs}.json")]
        assert main(["score", str(vocoder), str(data), *words]) == 0
    one, two = (json.loads((tmp_path / f"{jobs}.json").read_text()) for jobs in ("1", "2"))
    assert one == two and one.keys() == {"stoi", "vocoder_mel_error"}
    assert "no data directory to score" in refusal(["score", vocoder])
    assert "no score 'stoy' of a vocoder" in refusal(["score", vocoder, data, "--only", "stoy"])


def test_scores_of_conversion_may_be_of_the_vocoders_sound(vocoder: Path, trained: Path, tmp_path: Path) -> None:
    exp = Path(shutil.copytree(trained, tmp_path / "exp"))
    test, judge = spoken(tmp_path, "test", 20), spoken(tmp_path, "judge", 40)
    words = ["score", str(exp), str(test), "--judge", str(judge), "--nj", "1", "--only", "conversion_speaker_accept"]
    assert main(words) == 0
    examples = {path.name: path.read_bytes() for path in (exp / "examples").glob("[0-9]*.wav")}
    assert main([*words, "--vocoder", str(vocoder)]) == 0
    again = {path.name: path.read_bytes() for path in (exp / "examples").glob("[0-9]*.wav")}
    assert examples.keys() == again.keys() and any(examples[name] != again[name] for name in examples)


def test_what_does_not_fit_is_refused(
    vocoder: Path, trained: Path, tiny_vocoder: Path, data: Path, tmp_path: Path, refusal: Refusal
) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.7), 8000)
    convert = ["--source", tmp_path / "ann.wav", "--target", tmp_path / "ann.wav", "--out", tmp_path / "o.wav"]
    said = refusal(["convert", vocoder, *convert])
    assert "a vocoder where a speech model is needed" in said
    assert "no trained vocoder" in refusal(["convert", trained, *convert, "--vocoder", trained])
    assert "no trained vocoder" in refusal(["convert", trained, *convert, "--vocoder", tmp_path])
    begun = ["train", tiny_vocoder, "--data", data, "--out", tmp_path / "exp"]
    assert "of another vocoder" in refusal([*begun, f"stage.start={vocoder}", "vocoder.generator.layers=1"])
    other = "vocoder.front_end.hop=0.0125"
    assert "of other log-mels (hop: " in refusal([*begun, f"stage.start={vocoder}", other])
    assert "a speech model of other log-mels (hop: " in refusal([*begun, f"stage.speech={trained}", other])
    assert "did you mean" in refusal([*begun, "critics.period=2"]).lower()
    for loader in (disentangle.load, disentangle.load_pictures):
        with pytest.raises(ValueError, match="a vocoder|a model of speech"):
            loader(vocoder)
    with pytest.raises(ValueError, match="no trained vocoder"):
        disentangle.load_vocoder(trained)


@pytest.mark.parametrize("path", sorted((ROOT / "recipes").glob("*/conf/vocoder*.yaml")), ids=lambda p: p.stem)
def test_the_configurations_of_the_recipes_read(path: Path) -> None:
    config = configuration.read(path, VocoderConfig)
    assert config.alone < config.training.steps
    speech = yaml.safe_load((path.parent / "default.yaml").read_text())["model"]["front_end"]
    front = config.vocoder.front_end
    assert {name: getattr(front, name) for name in speech} == speech, "they fit the recipe's speech model"
