"""Every recipe runs all its steps on a tiny corpus, and a second time does nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from disentangle import config
from disentangle.speech.options import SpeechConfig
from disentangle.speech.vocoder_options import VocoderConfig
from tests.commands import pictures
from tests.conftest import ROOT
from tests.data_prep import layouts
from tests.data_prep import test_an4 as test_an4_layout

TINY = (
    "training.steps=2 settled=1 training.log_every=1 training.precision=float32 batch.speakers=4 batch.utterances=2 "
    "batch.seconds=0.6 model.content.channels=8 model.decoder.channels=8 model.speaker.channels=8 "
    "model.speaker.dims=8 model.decoder.f0=false critic.channels=8"
)


def copied(folder: Path) -> None:
    """The recipes, in ``folder/recipes``, without what was made by them."""
    made = shutil.ignore_patterns("data", "exp", "ablation")
    shutil.copytree(ROOT / "recipes", folder / "recipes", ignore=made)


def ran(folder: Path, script: str, *words: str, binaries: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A script below ``folder/recipes``, with the commands of this environment, or others, first on the path."""
    first = binaries or Path(sys.executable).parent
    return subprocess.run(
        [folder / "recipes" / script, *words],
        cwd=folder,
        env=os.environ | {"PATH": f"{first}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def _run(folder: Path, recipe: str, *options: str) -> subprocess.CompletedProcess[str]:
    words = ("--nj", "1", "--only", "verification", "--overrides", TINY)
    return ran(folder, f"{recipe}/run.sh", *words, *options)


def _smoke(folder: Path, recipe: str, converted: str, *options: str) -> None:
    copied(folder)
    first = _run(folder, recipe, *options)
    assert first.returncode == 0, first.stderr
    exp = folder / "recipes" / recipe / "exp" / "default-1"
    assert "speaker_eer" in json.loads((exp / "scores.json").read_text())
    for made in ("model/model.safetensors", "embeddings/test/content.scp", "report.html", converted):
        assert (exp / made).stat().st_size, made
    second = _run(folder, recipe, *options)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


@pytest.mark.timeout(600)
def test_mini(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader", reason="needs the extra espeak")
    _smoke(tmp_path, "mini", "m8-s25-as-f1.wav")
    again = _run(tmp_path, "mini", "--stage", "5", "--stop-stage", "5")
    assert (again.returncode, again.stderr) == (0, "stage 5: convert\n")
    assert _run(tmp_path, "mini").stderr == "stage 6: report\n", "what follows a step that was done again is due"


@pytest.mark.timeout(600)
def test_fsdd(tmp_path: Path, corpora: Path) -> None:
    tiny = tmp_path / "fsdd" / "recordings"
    tiny.mkdir(parents=True)
    for file in (corpora / "fsdd" / "recordings").glob("[0-2]_*_*.*"):
        if int(file.stem.rpartition("_")[2]) in (0, 1, 5, 6, 7, 20, 25, 26):
            (tiny / file.name).symlink_to(file)
    _smoke(tmp_path, "fsdd", "george-as-theo.wav", "--corpus", "fsdd")


@pytest.mark.timeout(600)
def test_ablation(tmp_path: Path, corpora: Path) -> None:
    """A row by one seed, trained, then scored without being trained again; one row is no plane to plot."""
    copied(tmp_path)
    tiny = tmp_path / "fsdd" / "recordings"
    tiny.mkdir(parents=True)
    for file in (corpora / "fsdd" / "recordings").glob("[0-2]_*_*.*"):
        if int(file.stem.rpartition("_")[2]) in (0, 1, 5, 6, 20, 21, 22, 25, 26, 27):
            (tiny / file.name).symlink_to(file)
    only = "content_speaker_accuracy_linear,speaker_content_accuracy"

    def ablate(rows: str, *options: str) -> subprocess.CompletedProcess[str]:
        words = ("--rows", rows, "--seeds", "1", "--nj", "1", "--only", only, "--overrides", TINY, "--corpus", "fsdd")
        return ran(tmp_path, "fsdd/ablate.sh", *words, *options)

    first = ablate("club", "--stop-stage", "3")
    assert first.returncode == 0, first.stderr
    assert not (tmp_path / "recipes" / "fsdd" / "ablation").exists()
    second = ablate("club", "--stop-stage", "4")
    assert second.returncode == 2 and "no two rows with content_speaker_accuracy_sequence" in second.stderr
    assert "stage 2" not in second.stderr and second.stderr.count("stage 4: score") == 1


@pytest.mark.parametrize("file", sorted(ROOT.glob("recipes/*/conf/*.yaml")), ids=lambda at: f"{at.parts[-3]}/{at.stem}")
def test_a_configuration_bears_the_name_of_its_file(file: Path) -> None:
    if config.holds(file, "vocoder"):
        assert config.read(file, VocoderConfig).name == file.stem
        return
    read = config.read(file, SpeechConfig)
    assert read.name == file.stem and read.settled < read.training.steps


@pytest.mark.timeout(600)
def test_an4(tmp_path: Path, corpora: Path) -> None:
    tiny, source = tmp_path / "an4", corpora / "an4"
    (tiny / "etc").mkdir(parents=True)
    (tiny / "flac").symlink_to(source / "flac")
    for part, speakers in {"train": ("fash", "fbbh", "fclc", "mblb", "mblw"), "test": ("fcaw", "fjlp", "mmxg")}.items():
        for kind in ("fileids", "transcription"):
            lines = (source / "etc" / f"an4_{part}.{kind}").read_text().splitlines(keepends=True)
            kept = [line for line in lines if any(f"-{speaker}-" in line for speaker in speakers)]
            assert len(kept) >= 5 * len(speakers)
            (tiny / "etc" / f"an4_{part}.{kind}").write_text("".join(kept))
    _smoke(tmp_path, "an4", "mmxg-as-fcaw.wav", "--corpus", "an4")


@pytest.mark.timeout(600)
def test_two_generators(tmp_path: Path) -> None:
    """Each is a row, of so many rounds; a second time nothing is trained."""
    copied(tmp_path)
    test_an4_layout.public_layout(tmp_path / "an4", "wav", ("fash", "mdcs"), ("mmxg",))
    small = (
        "crops.size=2 crops.seconds=0.1 vocoder.generator.channels=16 critics.channels=4 players.generator.warmup=0 "
        "players.critic.warmup=0 training.tensorboard=false"
    )
    words = ("--corpus", "an4", "--nj", "1", "--spectral", "4", "--hifigan", "2", "--overrides", small)
    first = ran(tmp_path, "an4/vocoders.sh", *words)
    assert first.returncode == 0, first.stderr
    rows = json.loads((tmp_path / "recipes" / "an4" / "RESULTS.json").read_text())
    for kind, rounds in (("spectral", 4), ("hifigan", 2)):
        assert {"vocoder_mel_error", "griffinlim_mel_error"} <= rows[f"generator_{kind}"]["scores"].keys()
        log = (tmp_path / "recipes" / "an4" / "exp" / f"generator_{kind}-1" / "config.yaml").read_text()
        assert f"kind: {kind}\n" in log and f"steps: {rounds}\n" in log
    assert "stage" not in ran(tmp_path, "an4/vocoders.sh", *words).stderr


CONVERTIBLE = 30  # a take of 0.42 s


def _vctk(folder: Path) -> Path:
    """Two speakers are held out of twenty."""
    for number in range(310, 323):
        for sentence in ("001", "002", "100"):
            name = f"p{number}_{sentence}"
            layouts.sound(folder / "wav48_silence_trimmed" / f"p{number}" / f"{name}_mic1.flac", 48000)
            layouts.say(folder / "txt" / f"p{number}" / f"{name}.txt", f"Sentence {sentence}.")
    layouts.vctk(folder)
    layouts.sound(folder / "wav48_silence_trimmed" / "p226" / "p226_001_mic1.flac", 48000, take=CONVERTIBLE)
    return folder


def _librispeech(folder: Path) -> Path:
    """Two readers in test-clean, one of them with the chapter that is converted."""
    for reader, chapter in ((61, 70968), (121, 121726)):
        place = folder / "LibriSpeech" / "test-clean" / str(reader) / str(chapter)
        names = [f"{reader}-{chapter}-{i:04}" for i in range(3)]
        for take, name in enumerate(names):
            layouts.sound(place / f"{name}.flac", take=take or CONVERTIBLE)
        layouts.say(place / f"{reader}-{chapter}.trans.txt", "".join(f"{name} THE ABBEY\n" for name in names))
    return layouts.librispeech(folder) / "LibriSpeech"


def _aishell3(folder: Path) -> Path:
    """Two speakers in test."""
    layouts.aishell3(folder)
    layouts.sound(folder / "train" / "wav" / "SSB0005" / "SSB00050001.wav", 44100, take=CONVERTIBLE)
    for number in (1, 2, 3):
        layouts.sound(folder / "test" / "wav" / "SSB0145" / f"SSB0145000{number}.wav", 44100)
    with (folder / "test" / "content.txt").open("a", encoding="utf-8") as lines:
        lines.write("".join(f"SSB0145000{number}.wav\t广 guang3\n" for number in (1, 2, 3)))
    return folder


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("recipe", "layout", "converted"),
    [
        ("vctk", _vctk, "p226-as-p225.wav"),
        ("librispeech", _librispeech, "61-as-121.wav"),
        ("aishell3", _aishell3, "SSB0005-as-SSB0009.wav"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_corpus_in_miniature(recipe: str, layout: layouts.Layout, converted: str, tmp_path: Path) -> None:
    _smoke(tmp_path, recipe, converted, "--corpus", str(layout(tmp_path / "corpus")), "--only", "verification")


@pytest.mark.timeout(600)
def test_voxceleb(tmp_path: Path) -> None:
    corpus = layouts.voxceleb(tmp_path / "corpus")
    shutil.rmtree(corpus / "dev")
    shutil.rmtree(corpus / "test")  # m4a, which only ffmpeg decodes
    copied(tmp_path)
    options = ("--corpus", str(corpus), "--overrides", f"{TINY.replace('settled=1 ', '')} batch.speakers=2")
    first = _run(tmp_path, "voxceleb", *options)
    assert first.returncode == 0, first.stderr
    exp = tmp_path / "recipes" / "voxceleb" / "exp" / "default-1"
    assert "speaker_eer" in json.loads((exp / "scores.json").read_text())
    for made in ("model/model.safetensors", "scores", "det.svg", "embeddings/train/spk_speaker.scp", "report.html"):
        assert (exp / made).stat().st_size, made
    assert set(json.loads((exp / "log.jsonl").read_text().splitlines()[-1])) == {"step", "speaker/angular"}
    second = _run(tmp_path, "voxceleb", *options)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


SMALL = (
    "network.channels=2 network.hidden=8 network.code=20 data.batch=10 data.test=30 training.steps=2 "
    "training.precision=float32 training.tensorboard=false"
)


def _small(folder: Path, recipe: str, *options: str) -> subprocess.CompletedProcess[str]:
    return ran(folder, f"image/{recipe}/run.sh", "--overrides", SMALL, "--judge-overrides", SMALL, *options)


@pytest.mark.timeout(600)
def test_pictures(tmp_path: Path) -> None:
    copied(tmp_path)
    mnist = ("--corpus", str(pictures.corpus(tmp_path / "digits of mine")), "--system", "vae")
    for recipe, options, row in (
        ("mnist", mnist, "vae"),
        ("mnist", (*mnist, "--held-out", "20"), "vae-held-20"),
        ("shapes", ("--system", "vae"), "vae"),
        ("faces", ("--corpus", str(pictures.faces(tmp_path / "faces")), "--held-out", "20", "--system", "vae"), "vae"),
    ):
        first = _small(tmp_path, recipe, *options)
        assert first.returncode == 0, first.stderr
        exp = tmp_path / "recipes" / "image" / recipe / "exp" / f"{row}-1"
        assert {"sharpness", "frechet_classifier"} <= set(json.loads((exp / "scores.json").read_text()))
        assert "data:image/png" in (exp / "report.html").read_text("utf-8")
        assert f"name: {row}\n" in (exp / "config.yaml").read_text()
    nothing = _small(tmp_path, "mnist", "--system", "gan", "--corpus", str(tmp_path / "none"))
    assert nothing.returncode == 2 and nothing.stderr.splitlines()[-1].startswith("error: ")
    again = _small(tmp_path, "shapes", "--system", "vae")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize("options", [["--sed", "1"], ["--seed"], ["seed", "1"], ["--se;ed", "1"]])
def test_a_mistaken_option_is_one_line(tmp_path: Path, options: list[str]) -> None:
    copied(tmp_path)
    done = _run(tmp_path, "fsdd", *options)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {options[0]} is no option or has no value")
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "recipes" / "fsdd" / "exp").exists()
