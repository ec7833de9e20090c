"""docs/from-kaldi.md runs as it stands, and what it writes is read by Kaldi's readers and by Lhotse."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from disentangle.cli import main
from disentangle.corpus import archives, audio, directory
from disentangle.corpus.utterances import Utterance
from tests.commands.conftest import VOICES, voiced
from tests.conftest import ROOT

TINY = (
    "model.content.channels=8 model.speaker.channels=8 model.speaker.dims=6 model.decoder.channels=8 critic.channels=8"
)
QUICK = f"training.steps=2 settled=1 training.tensorboard=false batch.speakers=2 augmentation.speeds=[1.0] {TINY}"


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which all commands of the page were typed, those that train with a tiny model."""
    folder = tmp_path_factory.mktemp("kaldi")
    utterances = []
    for number, speaker in enumerate([*VOICES, *VOICES]):
        name = f"{speaker}{number}"
        wav = folder / "wav" / f"{name}.wav"
        audio.save(wav, voiced(speaker, 1.5, 16000, number), 16000)
        for part in range(3):
            place = (str(wav), part / 2, part / 2 + 0.5)
            utterances.append(Utterance(f"{name}-{part}", name, *place, text="ONE", recording_id=name))
    directory.write(folder / "data" / "all", utterances)
    page = (ROOT / "docs" / "from-kaldi.md").read_text("utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
            typed(block)
    return folder


def typed(block: str) -> None:
    """What a shell does with a block, but for our own commands, which need not load everything anew."""
    if not block.startswith("disentangle"):
        subprocess.run(["bash", "-e", "-c", block], check=True)
        return
    for line in block.replace("\\\n", " ").splitlines():
        words = shlex.split(line)[1:]
        assert main([*words, *(shlex.split(QUICK) if words[0] == "train" else [])]) == 0, line


def test_it_ends_with_error_rates_of_its_trials(walked: Path) -> None:
    trials = (walked / "trials").read_text().splitlines()
    assert len(trials) == 2 * 6
    for name in ("verified", "plda"):
        scores = [line.split() for line in (walked / "exp" / "mine" / name / "scores").read_text().splitlines()]
        assert [line[:2] for line in scores] == [line.split()[:2] for line in trials]
        assert json.loads((walked / "exp" / "mine" / name / "scores.json").read_text())["speaker_eer"]["n"] == 12
        assert (walked / "exp" / "mine" / name / "det.svg").stat().st_size


def test_the_archives_are_read_by_kaldis_readers(walked: Path) -> None:
    import kaldiio

    kaldi_native_io = pytest.importorskip("kaldi_native_io")  # Kaldi's own code
    names = (walked / "data" / "test" / "utt2spk").read_text().split()[::2]
    for scp, expected in (("speaker", names), ("spk_speaker", sorted({name[:4] for name in names}))):
        path = walked / "exp" / "mine" / "test" / f"{scp}.scp"
        ours, theirs = archives.read(path), kaldiio.load_scp(str(path))
        assert list(ours) == sorted(theirs) == expected
        with kaldi_native_io.RandomAccessFloatVectorReader(f"scp:{path}") as reader:
            for name in expected:
                assert np.array_equal(ours[name], theirs[name]) and np.array_equal(ours[name], reader[name])
    found = dict(kaldiio.load_ark(str(walked / "exp" / "mine" / "test" / "content.ark")))
    assert all(
        np.array_equal(found[name], array) for name, array in archives.read(path.with_name("content.scp")).items()
    )


def test_lhotse_takes_them_for_features_of_the_data_directory(walked: Path, tmp_path: Path) -> None:
    lhotse, _ = pytest.importorskip("lhotse"), pytest.importorskip("kaldi_native_io")
    data, scp = tmp_path / "data", walked / "exp" / "mine" / "test" / "content.scp"
    shutil.copytree(walked / "data" / "test", data)
    shutil.copy(scp, data / "feats.scp")
    assert main(["data", "validate", str(data)]) == 0
    recordings, supervisions, features = lhotse.kaldi.load_kaldi_data_dir(data, 16000, frame_shift=0.0125)
    cuts = lhotse.CutSet.from_manifests(recordings, supervisions, features)
    content = archives.read(scp)
    assert len(features) == len(content) == 6
    for feature in features:
        assert np.array_equal(feature.load(), content[feature.storage_key])
    assert {cut.supervisions[0].speaker for cut in cuts} == {name[:4] for name in content}
