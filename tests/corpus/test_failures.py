"""One broken file among thousands is the only one that is left out, or what everything stops at."""

from pathlib import Path

import numpy as np
import pytest

from disentangle.corpus import audio, failures
from disentangle.corpus.utterances import DataDirectory, Utterance

MANY, PLACE = 10_000, 7_654


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDirectory:
    """Ten thousand utterances; one file stands for those that are sound, and is decoded once."""
    audio.save(tmp_path / "sound.wav", np.random.default_rng(0).normal(0, 0.1, 1600), 8000)
    (tmp_path / "broken.wav").write_bytes((tmp_path / "sound.wav").read_bytes()[:1000])
    decoded, original = audio.original(tmp_path / "sound.wav"), audio.original

    def once(source: Utterance, allow_pipes: bool = False) -> tuple[audio.Wave, int]:
        return decoded if source.recording.endswith("sound.wav") else original(source, allow_pipes)

    monkeypatch.setattr(audio, "original", once)
    files = [str(tmp_path / ("broken.wav" if number == PLACE else "sound.wav")) for number in range(MANY)]
    return DataDirectory(tmp_path, tuple(Utterance(f"u{n:05}", f"s{n % 100}", file) for n, file in enumerate(files)))


def test_by_default_it_stops_at_it_and_names_the_file(directory: DataDirectory) -> None:
    with pytest.raises(ValueError, match=r"truncated: its end is missing, .*broken\.wav"):
        failures.check(directory)


def test_it_alone_is_left_out_and_listed(
    directory: DataDirectory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = failures.usable(directory, tmp_path / "out")
    names = [u.id for u in directory.utterances]
    assert [u.id for u in left.utterances] == names[:PLACE] + names[PLACE + 1 :]
    listed = (tmp_path / "out" / failures.FAILED).read_text().splitlines()
    assert len(listed) == 1 and listed[0].startswith(f"u{PLACE:05} truncated")
    assert f"left out 1 of {MANY} utterances" in capsys.readouterr().err
