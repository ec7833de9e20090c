"""The model of speech that comes with the package: by name, one command from any recording to another's voice."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle import released
from disentangle.cli import main
from disentangle.corpus import audio
from disentangle.demo.voices import VoiceRoom, opened


@pytest.fixture(scope="module")
def room() -> VoiceRoom:
    return opened(released.find("an4"))


def in_stereo(path: Path, wave: np.typing.NDArray[np.float32], rate: int) -> Path:
    """At 48 kHz, one channel fainter than the other."""
    from scipy.signal import resample_poly

    fine = resample_poly(wave, 48000 // rate, 1)
    soundfile.write(path, np.stack([fine, 0.5 * fine], 1), 48000)
    return path


@pytest.mark.timeout(300)
def test_recordings_at_48_khz_in_stereo_are_converted_in_one_command(room: VoiceRoom, tmp_path: Path) -> None:
    """Each keeps its length and is nearer to the voice asked for than to the one that said it."""
    said = list(room.examples.items())[1:3]
    for (title, source), target in zip(said, ("f1", "michael"), strict=True):
        files = [
            in_stereo(tmp_path / name, wave, room.model.rate)
            for name, wave in (("said.wav", source), ("voice.wav", room.voices[target]))
        ]
        out = tmp_path / "new" / "made.wav"
        words = ("convert", "an4", "--source", files[0], "--target", files[1], "--out", out)
        assert main([str(word) for word in words]) == 0
        info = soundfile.info(out)
        assert (info.samplerate, info.channels) == (16000, 1)
        assert info.frames == pytest.approx(len(source), abs=2)
        made = audio.load(out, room.model.rate)
        found = room.who(made, {})
        speaker = title.partition(":")[0]
        assert found[target] > max(0.3, found[speaker] + 0.3), found


def test_it_sounds_by_its_own_vocoder(room: VoiceRoom) -> None:
    """And by Griffin-Lim another sound comes out, of the same log-mel."""
    model = room.model
    source, target = (room.voices[name] for name in ("david", "f1"))
    mel = model.decode(model.decodable(source), model.speaker([target])[0])
    waves = [vocode(mel, len(source)) for vocode in (model.vocode, model.griffin_lim)]
    errors = [float(np.abs(model.log_mel(wave) - mel).mean()) for wave in waves]
    assert errors[0] < errors[1]
