"""Every container, width, rate and channel count gives the same wave; what is no usable audio is refused by name."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import kaldiio
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from disentangle.corpus.audio import decode, duration, load, save
from disentangle.corpus.utterances import Utterance


def tone(seconds: float = 1.0, rate: int = 16000, hertz: float = 440.0) -> NDArray[np.float64]:
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


FORMATS = [
    ("a.wav", "PCM_16", 1e-4),
    ("a.wav", "PCM_24", 1e-6),
    ("a.wav", "PCM_32", 1e-6),
    ("a.wav", "FLOAT", 1e-6),
    ("a.wav", "DOUBLE", 1e-6),
    ("a.flac", "PCM_16", 1e-4),
    ("a.flac", "PCM_24", 1e-6),
    ("a.ogg", "VORBIS", 0.05),
    ("a.mp3", "MPEG_LAYER_III", 0.05),
]


@pytest.mark.parametrize(("name", "subtype", "tolerance"), FORMATS)
def test_every_container_and_width_gives_the_wave(tmp_path: Path, name: str, subtype: str, tolerance: float) -> None:
    soundfile.write(tmp_path / name, tone(), 16000, subtype=subtype)
    wave = load(tmp_path / name, 16000)
    assert wave.dtype == np.float32
    assert wave.shape == (16000,)
    assert np.abs(wave - tone())[500:-500].max() < tolerance


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_rate_and_channel_count_is_resampled_and_mixed(tmp_path: Path, rate: int, channels: int) -> None:
    gains = np.linspace(0, 2, channels) if channels > 1 else np.ones(1)
    soundfile.write(tmp_path / "a.wav", tone(0.5, rate)[:, None] * gains, rate, subtype="FLOAT")
    wave = load(tmp_path / "a.wav", 16000)
    assert wave.shape == (8000,)
    assert np.abs(wave - tone(0.5))[800:-800].max() < 0.01


def test_resampling_removes_what_the_lower_rate_cannot_hold(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(hertz=6000.0), 16000)
    assert np.abs(load(tmp_path / "a.wav", 8000)[400:-400]).max() < 0.01


def test_a_segment_is_the_part_of_its_recording(tmp_path: Path) -> None:
    whole = np.linspace(-0.5, 0.5, 16000)
    soundfile.write(tmp_path / "r.wav", whole, 16000, subtype="FLOAT")
    cut = load(Utterance("a", "s", str(tmp_path / "r.wav"), 0.25, 0.75), 16000)
    assert np.allclose(cut, whole[4000:12000], atol=1e-6)
    overshot = load(Utterance("a", "s", str(tmp_path / "r.wav"), 0.25, 1.4), 16000)
    assert len(overshot) == 12000
    for start, end in ((0.25, 1.6), (1.0, 1.2)):
        with pytest.raises(ValueError, match="outside its recording"):
            load(Utterance("a", "s", str(tmp_path / "r.wav"), start, end), 16000)


def test_a_place_in_a_kaldi_archive_of_audio_is_read(tmp_path: Path) -> None:
    samples = (tone() * 32767).astype(np.int16)
    kaldiio.save_ark(
        str(tmp_path / "w.ark"), {"a": (16000, samples), "b": (16000, samples[:8000])}, scp=str(tmp_path / "s")
    )
    places = dict(line.split() for line in (tmp_path / "s").read_text().splitlines())
    assert len(load(places["a"], 16000)) == 16000
    assert np.allclose(load(places["b"], 16000), samples[:8000] / 32768, atol=1e-6)


def test_a_command_runs_once_for_all_segments_of_its_recording_whoever_reads_them(tmp_path: Path) -> None:
    whole, runs = np.linspace(-0.5, 0.5, 16000), tmp_path / "runs"
    soundfile.write(tmp_path / "r.wav", whole, 16000, subtype="FLOAT")
    recordings = [f"echo {name} >> {runs}; cat {tmp_path}/r.wav |" for name in "ab"]
    cuts = [Utterance(f"{r}{k}", "s", r, k / 10, k / 10 + 0.2, recording_id="r") for r in recordings for k in range(8)]
    with ThreadPoolExecutor(2) as pool:
        waves = list(pool.map(lambda u: load(u, 16000, allow_pipes=True), cuts))
    assert all(np.allclose(w, whole[1600 * (i % 8) :][:3200], atol=1e-6) for i, w in enumerate(waves))
    assert sorted(runs.read_text().split()) == ["a", "b"]
    with pytest.raises(ValueError, match="Trust it with --allow-pipes"):
        load(cuts[0], 16000)


def test_a_command_runs_with_permission_only(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(), 16000)
    command = f"touch {tmp_path}/ran; cat {tmp_path}/a.wav |"
    with pytest.raises(ValueError, match="--allow-pipes"):
        load(command, 16000)
    assert not (tmp_path / "ran").exists()
    assert len(load(Utterance("a", "s", command, 0.5, 1.0), 16000, allow_pipes=True)) == 8000
    assert duration(command, allow_pipes=True) == (1.0, 16000)
    with pytest.raises(ValueError, match="exit status 3"):
        load("exit 3 |", 16000, allow_pipes=True)


def unusable(folder: Path) -> dict[str, Path]:
    """One file of each kind that is no usable audio."""
    waves = {
        "zero": np.zeros(0),
        "short": tone(0.02),
        "silent": np.zeros(16000),
        "offset": np.full(16000, 0.25),
        "nan": np.where(np.arange(16000) == 9000, np.nan, tone()),
        "infinite": np.where(np.arange(16000) == 9000, np.inf, tone()),
    }
    for name, wave in waves.items():
        soundfile.write(folder / f"{name}.wav", wave, 16000, subtype="FLOAT")
    for name in ("whole.wav", "whole.flac", "whole.ogg", "whole.mp3", "whole.aiff"):
        soundfile.write(folder / name, tone(), 16000)
        content = (folder / name).read_bytes()
        (folder / name.replace("whole", "truncated")).write_bytes(content[: len(content) * 2 // 3])
    (folder / "renamed.wav").write_bytes((folder / "whole.flac").read_bytes())
    (folder / "renamed.flac").write_bytes((folder / "whole.wav").read_bytes())
    (folder / "text.wav").write_text("It was a dark and stormy night; no one recorded it.\n" * 20)
    (folder / "empty.wav").write_bytes(b"")
    return {file.name: file for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("zero.wav", "zero-length audio"),
        ("short.wav", "only 20 ms of audio where at least 100"),
        ("silent.wav", "silent"),
        ("offset.wav", "silent"),
        ("nan.wav", "not finite"),
        ("infinite.wav", "not finite"),
        ("truncated.wav", "truncated"),
        ("truncated.flac", "not readable as audio"),
        ("truncated.ogg", "truncated"),
        ("truncated.mp3", "truncated"),
        ("truncated.aiff", "truncated"),
        ("renamed.wav", "flac audio under a name that ends with .wav"),
        ("renamed.flac", "wav audio under a name that ends with .flac"),
        ("text.wav", "not readable as audio"),
        ("empty.wav", "not readable as audio"),
        ("gone.wav", "no audio file"),
    ],
)
def test_what_is_no_usable_audio_is_refused_by_name(tmp_path: Path, name: str, said: str) -> None:
    unusable(tmp_path)
    with pytest.raises(ValueError, match=said) as refusal:
        load(tmp_path / name, 16000)
    assert str(tmp_path / name) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_nist_files_are_read_whole_or_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.sph", tone(), 16000, format="NIST", subtype="PCM_16")
    assert len(load(tmp_path / "a.sph", 16000)) == 16000
    (tmp_path / "b.sph").write_bytes((tmp_path / "a.sph").read_bytes()[:-2])
    with pytest.raises(ValueError, match="truncated"):
        load(tmp_path / "b.sph", 16000)


def test_a_wav_of_unknown_length_is_not_called_truncated(tmp_path: Path) -> None:
    """Programs that write to a pipe cannot know the length, and put a large one."""
    soundfile.write(tmp_path / "a.wav", tone(), 16000)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(content)
    assert len(load(tmp_path / "a.wav", 16000)) == 16000


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_what_is_saved_never_clips_and_comes_back(tmp_path: Path, scale: float) -> None:
    wave = tone() / 0.3 * scale
    save(tmp_path / "new" / "a.wav", wave, 16000)
    back, rate = decode(str(tmp_path / "new" / "a.wav"))
    assert rate == 16000
    assert np.allclose(back, wave / max(1, scale), atol=1e-4)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["a.wav"]


def test_a_failed_save_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a.wav", tone(), 16000)
    before = (tmp_path / "a.wav").read_bytes()
    real: Callable[..., None] = soundfile.write

    def full(file: Path, *arguments: object, **options: str) -> None:
        real(file, *arguments, **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(soundfile, "write", full)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path / "a.wav", tone(2.0), 16000)
    assert (tmp_path / "a.wav").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]
