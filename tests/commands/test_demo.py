"""`demo` without a browser: which experiments go where, what the rooms answer, and that the page is built of them."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from numpy.typing import NDArray

from disentangle import config, released, trainees
from disentangle.cli import main
from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.demo import experiments, voice_page, voices
from disentangle.demo.codes import PictureRoom
from disentangle.demo.infogan import InfoRoom
from disentangle.demo.voices import Asked, VoiceRoom
from disentangle.speech.loading import load
from disentangle.speech.voices import direction
from disentangle.wishes import Wishes
from tests.commands.conftest import Refusal, voiced
from tests.commands.test_code_space import mnist, vae  # noqa: F401
from tests.commands.test_demo_pictures import gradio, info, info_room, picture_room  # noqa: F401


@pytest.fixture(scope="module")
def voice_room(trained: Path, data: Path) -> VoiceRoom:
    return voices.opened(trained, voices=data)


# which experiment is what


def test_experiments_are_sorted_by_what_they_are(trained: Path, vocoder: Path, vae: Path, info: Path) -> None:  # noqa: F811
    shown = experiments.sorted_out([info, vocoder, vae, trained])
    assert (shown.speech, shown.vocoder, shown.pictures, shown.infogan) == (trained, vocoder, vae, info)
    assert experiments.sorted_out([info]).pictures == info  # alone it is also what pictures are found in


def test_without_experiments_those_of_the_package_are_shown(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "an4").symlink_to(trained / "model")
    monkeypatch.setattr(released, "FOLDER", tmp_path)
    assert experiments.packaged() == (tmp_path / "an4",)


def test_mistakes(
    refusal: Refusal,
    trained: Path,
    vocoder: Path,
    vae: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(released, "FOLDER", tmp_path)
    assert "no experiment to show" in refusal(["demo"])
    assert "no trained model" in refusal(["demo", tmp_path])
    assert "two for speech" in refusal(["demo", trained, trained])
    assert "a vocoder without speech" in refusal(["demo", vocoder])
    pytest.importorskip("gradio")
    assert "--port" in refusal(["demo", vae, "--host", "256.0.0.1", "--port", "0"])
    assert "no utt2spk" in refusal(["demo", trained, "--voices", tmp_path, "--port", "0"])


# the Voice room


def test_judges_never_heard_the_examples(voice_room: VoiceRoom) -> None:
    assert len(voice_room.voices) == len(voice_room.examples) == 3
    for example in voice_room.examples.values():
        code = voice_room.content(example)
        assert not any(np.array_equal(code, known) for known in voice_room.learnt.codes)
    assert len(voice_room.learnt.codes) == 9


def test_the_gallery_is_read_once_and_judges_learn_when_they_are_asked(
    trained: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, read = load(trained), list[str]()
    found = directory.read(data)
    genders = {"ann": "f", "bob": "m", "cas": "f"}
    spoken = [replace(u, labels={**u.labels, "gender": genders[u.speaker]}) for u in found.utterances]
    heard = audio.load

    def counted(utterance: Utterance, rate: int) -> NDArray[np.float32]:
        read.append(utterance.id)
        return heard(utterance, rate)

    monkeypatch.setattr(audio, "load", counted)
    monkeypatch.setattr(voices, "learn", lambda *_: pytest.fail("nobody has asked"))
    room = VoiceRoom(model, DataDirectory(found.path, tuple(spoken)))
    assert sorted(read) == sorted(u.id for u in found.utterances)
    monkeypatch.undo()
    told = {title.split(":")[0]: wave for title, wave in room.examples.items()}
    kept = [u for u in spoken if not np.array_equal(heard(u, model.rate), told[u.speaker])]
    along = direction(model, DataDirectory(found.path, tuple(kept)), "gender")
    assert room.gender is not None and torch.allclose(room.gender.axis, along.axis, atol=1e-5)
    assert room.learnt is room.learnt


def test_a_model_without_speech_of_its_own_is_shown_with_the_gallery_of_the_package(
    trained: Path, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    shutil.copytree(trained / "model", given)
    config.write(trainees.without_places(given / "config.yaml"), given / "config.yaml")
    room = voices.opened(given)
    assert len(room.voices) == 16 and set(room.genders.values()) == {"f", "m"} and room.gender is not None
    assert all(len(wave) > room.model.rate for wave in room.voices.values())
    assert len(room.examples) == 6


def test_the_verifier_knows_a_voice_it_learnt_in_another_recording(voice_room: VoiceRoom) -> None:
    for title, wave in voice_room.examples.items():
        found = voice_room.who(wave, {})
        assert next(iter(found)) == title.partition(":")[0]
        assert all(-1.001 <= cosine <= 1.001 for cosine in found.values())
    wave = voice_room.examples[next(iter(voice_room.examples))]
    assert voice_room.who(wave, {"the same": wave})["the same"] == pytest.approx(1)


def test_the_attacker_answers_with_a_distribution(voice_room: VoiceRoom) -> None:
    found = voice_room.leaked(voice_room.learnt.codes[0])
    assert set(found) == set(voice_room.voices)
    assert sum(found.values()) == pytest.approx(1)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_content_has_a_colour_for_each_frame(voice_room: VoiceRoom) -> None:
    code = voice_room.content(next(iter(voice_room.examples.values())))
    colours = voice_room.colours(code)
    assert colours.shape == (len(code), 3) and colours.min() >= 0 and colours.max() <= 1
    assert (voice_room.colours(code[:5]) == colours[:5]).all()  # one code, one colour, whatever is beside it


def test_a_mixture_is_of_its_shares(voice_room: VoiceRoom) -> None:
    whole = voice_page._targets(voice_room, "ann", None, "bob", 100)
    assert list(whole[0]) == ["bob"]
    assert voice_page._targets(voice_room, "ann", None, "bob", 25)[1] == {"ann": 0.75, "bob": 0.25}
    assert list(voice_page._targets(voice_room, "ann", None, voice_page.NOBODY, 50)[0]) == ["ann"]
    assert list(voice_page._targets(voice_room, "ann", None, "ann", 50)[0]) == ["ann"]


def test_the_page_converts_as_the_model_does(voice_room: VoiceRoom) -> None:
    source = next(iter(voice_room.examples.values()))
    asked = Asked(source, {"bob": voice_room.voices["bob"]}, {"bob": 1.0}, Wishes(speed=2.0))
    voice = voice_room.model.speaker_of(voice_room.model.speaker([voice_room.voices["bob"]]))
    assert (voice_room.say(asked) == voice_room.model.convert(source, voice, 2.0, 1.0)).all()


def test_a_conversion_is_heard_judged_and_coloured(voice_room: VoiceRoom) -> None:
    example, height = next(iter(voice_room.examples)), next(iter(voice_page.HEIGHTS))
    said = voice_page._convert(voice_room, example, None, "bob", None, "cas", 50, 0, height, 2.0, 1.5)
    assert said[0].count("<audio") == 4 and 'class="sound result"' in said[0]
    assert "target" in said[1] and "source" in said[1]
    assert "chance, 33 %" in said[2] and "<img" in said[3] and said[4] == ""


def test_while_nothing_is_converted_there_is_no_result(voice_room: VoiceRoom) -> None:
    said = voice_page._listen(voice_room, next(iter(voice_room.examples)), None, "bob", None, voice_page.NOBODY, 50)
    assert said[0].count("<audio") == 2 and "Press" in said[0] and said[4] == ""


def test_recordings_that_visitors_bring(voice_room: VoiceRoom, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "mine.wav", voiced("cas", 1.0), 8000)
    (tmp_path / "none.wav").write_bytes(b"no sound")
    mine, none, example = str(tmp_path / "mine.wav"), str(tmp_path / "none.wav"), next(iter(voice_room.examples))
    said = voice_page._convert(voice_room, example, mine, "bob", mine, "ann", 50, 0, "as the voice has it", 0.0, 1.0)
    assert "your voice" in said[1] and said[4] == ""
    for source, voice in ((none, None), (None, none)):
        said = voice_page._listen(voice_room, example, source, "bob", voice, voice_page.NOBODY, 50)
        assert said[:4] == ("",) * 4 and 'role="alert"' in said[4] and str(tmp_path) not in said[4]


def test_a_gallery_needs_two_voices(trained: Path, data: Path, tmp_path: Path) -> None:
    from disentangle.corpus import directory

    one = [u for u in directory.read(data).utterances if u.speaker == "ann"]
    directory.write(tmp_path / "one", one)
    with pytest.raises(ValueError, match="fewer than two speakers"):
        voices.opened(trained, voices=tmp_path / "one")


# the page


@pytest.mark.usefixtures("gradio")
def test_the_page_is_built_and_names_no_other_host(
    voice_room: VoiceRoom,
    picture_room: PictureRoom,  # noqa: F811
    info_room: InfoRoom,  # noqa: F811
) -> None:
    from disentangle.demo.page import HEAD, STYLE, Rooms, build, theme

    config = build(Rooms(voice_room, picture_room, info_room)).get_config_file()
    base: Any = theme()
    look = STYLE.read_text("utf-8") + HEAD + base._get_theme_css() + "".join(base._stylesheets)
    assert re.findall(r"""url\(["']?https?:[^)]*|@import""", look) == []
    labels = {part["props"].get("label") for part in config["components"]}
    assert {"Voice", "Mixed with", "Semitones up or down", "Slanted", "Number 1"} <= labels
    assert config["analytics_enabled"] is False
    assert all(event["queue"] is not False and event["api_visibility"] == "private" for event in config["dependencies"])


def test_help_answers_without_gradio(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--help"])
    assert "127.0.0.1" in capsys.readouterr().out
