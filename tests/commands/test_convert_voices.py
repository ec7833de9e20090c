"""`convert` with a voice that is moved along a factor, or searched through the decoder."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.cli import main
from tests.commands.conftest import Refusal, voiced
from tests.commands.test_convert import RATE, asked, target

__all__ = ["target"]


def test_a_voice_moves_along_a_factor(trained: Path, data: Path, target: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.6), RATE)
    ann, out, labelled = tmp_path / "ann.wav", tmp_path / "out.wav", tmp_path / "labelled"
    shutil.copytree(data, labelled)
    (labelled / "spk2gender").write_text("ann f\nbob m\ncas f\n")
    plain = asked(trained, ann, out, "--target", str(target))
    words = ("--target", str(target), "--voices", str(labelled), "--attribute")
    higher, lower = (asked(trained, ann, out, *words, f"gender={strength}") for strength in ("+3", "-3"))
    assert len(plain) == len(higher) == len(lower)
    assert not np.array_equal(higher, plain) and not np.array_equal(higher, lower)
    assert np.allclose(plain, asked(trained, ann, out, *words, "gender=0"), atol=1e-3)


def test_a_voice_is_searched_through_the_decoder(trained: Path, target: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.5), RATE)
    read = asked(trained, tmp_path / "ann.wav", tmp_path / "out.wav", "--target", str(target))
    found = asked(trained, tmp_path / "ann.wav", tmp_path / "out.wav", "--target", str(target), "--search")
    assert len(read) == len(found) and not np.array_equal(read, found)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gender",), "no FACTOR=STRENGTH"),
        (("gender=nan",), "no FACTOR=STRENGTH"),
        (("gender=1",), "values of 'gender'"),
    ],
)
def test_attributes_that_cannot_be_had(
    words: tuple[str, ...], said: str, trained: Path, data: Path, target: Path, tmp_path: Path, refusal: Refusal
) -> None:
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.5), RATE)
    source = ["--source", tmp_path / "ann.wav", "--target", target, "--out", tmp_path / "out.wav"]
    assert said in refusal(["convert", trained, *source, "--voices", data, "--attribute", *words])


@pytest.fixture(scope="module")
def matching(tmp_path_factory: pytest.TempPathFactory, tiny: Path, data: Path) -> Path:
    """An experiment whose model converts by frames."""
    out = tmp_path_factory.mktemp("matching") / "exp"
    assert main(["train", str(tiny), "--data", str(data), "--out", str(out), "model.matching.by=mel"]) == 0
    return out


def test_a_voice_is_matched_frame_by_frame(matching: Path, target: Path, tmp_path: Path) -> None:
    source, out = target.with_name("copy.wav"), tmp_path / "out.wav"
    shutil.copy(target, source)
    soundfile.write(tmp_path / "ann.wav", voiced("ann", 0.5), RATE)
    own, other = (asked(matching, source, out, "--target", str(t)) for t in (target, tmp_path / "ann.wav"))
    assert len(own) == len(other) and not np.array_equal(own, other)
    both = asked(matching, source, out, "--target", str(tmp_path / "ann.wav"), str(target))
    assert np.abs(both - own).mean() < np.abs(both - other).mean(), "its own frames are the nearest of both voices'"


def test_what_has_no_frames_is_refused(
    matching: Path, data: Path, target: Path, tmp_path: Path, refusal: Refusal
) -> None:
    labelled, ann, key = tmp_path / "labelled", tmp_path / "ann.wav", tmp_path / "key"
    shutil.copytree(data, labelled)
    (labelled / "spk2gender").write_text("ann f\nbob m\ncas f\n")
    soundfile.write(ann, voiced("ann", 0.5), RATE)
    key.write_text("0123456789abcdef")
    moved = ["--target", target, "--voices", labelled, "--attribute", "gender=1"]
    for words in (moved, ["--target", target, "--search"], ["--mix", f"{target}:0.7,{ann}:0.3"]):
        asked_for = ["convert", matching, "--source", ann, "--out", tmp_path / "out.wav", *words]
        assert "neither mixes nor moves nor searches" in refusal(asked_for)
    hidden = ["anonymize", matching, data, tmp_path / "hidden", "--nj", "1", "--key", key]
    assert "a made-up voice has no frames" in refusal(hidden)
