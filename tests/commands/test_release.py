"""`release`: a folder to give away, known by its name once it lies in the package."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import disentangle
from disentangle import config, released
from disentangle.cli import main
from disentangle.speech.options import SpeechConfig
from tests.commands.conftest import Refusal

SCORES = {
    "speaker_eer": {"value": 0.0512, "ci95": [0.04, 0.06], "n": 100, "chance": 0.5},
    "conversion_cer": {"value": 0.2, "ci95": None, "n": 10, "chance": None},
    "real_cer": {"value": 0.1, "ci95": None, "n": 10, "chance": None},
}


def with_scores(experiment: Path, folder: Path, scores: dict[str, object]) -> Path:
    """A trained experiment as one that has been scored."""
    folder.mkdir()
    (folder / "model").symlink_to(experiment / "model")
    (folder / "config.yaml").symlink_to(experiment / "config.yaml")
    (folder / "scores.json").write_text(json.dumps(scores))
    (folder / "run.json").write_text(json.dumps({"minutes": 7.5, "commit": "abc"}))
    return folder


@pytest.fixture
def scored(trained: Path, tmp_path: Path) -> Path:
    """The trained model as an experiment with scores."""
    (tmp_path / "about.md").write_text("Voices of tests. Not for anything.\n")
    return with_scores(trained, tmp_path / "exp", dict(SCORES))


def test_a_release_is_the_model_without_places_and_with_its_figures(
    scored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "models" / "voices"
    words = ["release", str(scored), str(out), "--about", str(tmp_path / "about.md")]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith(f"{out}: ")
    assert main(words) == 0  # another time: replaced
    assert sorted(file.name for file in out.iterdir()) == ["card.md", "config.yaml", "model.safetensors"]
    assert [place.name for place in out.parent.iterdir()] == ["voices"]

    card = (out / "card.md").read_text()
    assert card.startswith("# voices\n\nVoices of tests. Not for anything.\n")
    assert "7.5 minutes" in card and "commit abc" in card
    assert "| Verification, equal error rate ↓ | 5.1 % | 4.0–6.0 |  |" in card
    (converted,) = [line for line in card.splitlines() if "20.0 %" in line]
    assert converted.endswith("| real speech 10.0 % |")

    monkeypatch.setattr(released, "FOLDER", out.parent)
    known = config.read(out / "config.yaml", SpeechConfig)
    assert (known.train, known.watch.data) == ("", "")
    named, first = disentangle.load("voices").state_dict(), disentangle.load(scored).state_dict()
    assert all(torch.equal(named[key], first[key]) for key in first)


def test_a_vocoder_goes_with_the_model_and_makes_its_sound(scored: Path, vocoder: Path, tmp_path: Path) -> None:
    out, error = tmp_path / "with", {"value": 0.3, "ci95": None, "n": 4, "chance": None}
    sound = with_scores(vocoder, tmp_path / "sound", {"vocoder_mel_error": error})
    words = ["release", str(scored), str(out), "--about", str(tmp_path / "about.md"), "--vocoder", str(sound)]
    assert main(words) == 0
    assert main(words) == 0  # another time: replaced
    assert sorted(file.name for file in (out / "vocoder").iterdir()) == ["card.md", "config.yaml", "model.safetensors"]
    assert "Error of the log-mel" in (out / "vocoder" / "card.md").read_text()

    log_mel = np.zeros((30, 16), np.float32)
    released_alone, both = disentangle.load(out), disentangle.load(scored, sound)
    wave = released_alone.vocode(log_mel, 2000)
    assert (wave == both.vocode(log_mel, 2000)).all()
    assert (wave == disentangle.load_vocoder(out).wave(log_mel, 2000)).all()
    assert (wave != disentangle.load(scored).vocode(log_mel, 2000)).any()  # where none came with it, Griffin-Lim's


def test_a_path_comes_before_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "voices").mkdir(parents=True)
    (tmp_path / "models" / "voices" / "model.safetensors").touch()
    monkeypatch.setattr(released, "FOLDER", tmp_path / "models")
    monkeypatch.chdir(tmp_path)
    assert released.names() == ("voices",)
    assert released.find("voices") == tmp_path / "models" / "voices"
    assert released.find("nothing") == Path("nothing")
    (tmp_path / "voices").mkdir()
    assert released.find("voices") == Path("voices")


def test_what_cannot_be_released(scored: Path, trained: Path, vocoder: Path, tmp_path: Path, refusal: Refusal) -> None:
    out, about = tmp_path / "out", tmp_path / "about.md"
    assert "no scores" in refusal(["release", trained, out, "--about", about])
    assert "--about" in refusal(["release", scored, out, "--about", tmp_path / "none.md"])
    assert "no vocoder beside" in refusal(["release", scored, out, "--about", about, "--vocoder", scored])
    assert "no scores" in refusal(["release", scored, out, "--about", about, "--vocoder", vocoder])
    assert not out.exists()
    (out / "thesis").mkdir(parents=True)
    assert "something else is there" in refusal(["release", scored, out, "--about", about])
    assert (out / "thesis").is_dir()


@pytest.mark.parametrize("name", released.names())
def test_the_packages_own_models_say_what_they_are(name: str) -> None:
    """Each loads; its card names data, licence, limits, misuse and the commands that make it."""
    folder = released.find(name)
    load = disentangle.load_pictures if name.startswith("mnist") else disentangle.load
    assert not load(folder).training
    card = (folder / "card.md").read_text()
    for part in ("## Data", "## Made by", "## Limits", "## Not for", "## Figures"):
        assert part in card, part
    assert sum(file.stat().st_size for file in folder.rglob("*")) < 20e6
