"""Lists of trials as Kaldi, WeSpeaker and VoxCeleb write them, scored from the command line."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from disentangle.cli import main
from disentangle.corpus import archives
from disentangle.evaluation.verification import as_norm, cosine_trials, eer
from disentangle.scoring.trial_lists import read_list, score_list
from tests.commands.conftest import Refusal

SPEAKERS, EACH = 12, 4


def vectors(seed: int = 0, prefix: str = "s") -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(SPEAKERS, 8))
    return {
        f"{prefix}{s:02d}-{u}": (means[s] + 0.8 * rng.normal(size=8)).astype(np.float32)
        for s, u in product(range(SPEAKERS), range(EACH))
    }


def kinds(names: list[str]) -> list[tuple[str, str, bool]]:
    return [(a, b, a[:3] == b[:3]) for a, b in product(names[::2], names[1::2])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Vectors, those of others with their speakers, and one list in every form."""
    for seed, name in enumerate(("test", "others")):
        found = vectors(seed, name[0])
        archives.write(tmp_path, name, found.items())
    lines = [f"{name} {name[:3]}\n" for name in vectors(1, "o")]
    (tmp_path / "utt2spk").write_text("".join(lines))
    (tmp_path / "few").write_text("".join(lines[: 2 * EACH]))
    trials = kinds(list(vectors(0, "t")))
    word = {True: "target", False: "nontarget"}
    (tmp_path / "kaldi").write_text("".join(f"{a} {b} {word[k]}\n" for a, b, k in trials))
    (tmp_path / "tabbed").write_text("".join(f"{a}\t{b}\t{word[k]}\n" for a, b, k in trials))
    (tmp_path / "voxceleb").write_text("".join(f"{int(k)} {a} {b}\n" for a, b, k in trials))
    (tmp_path / "names").write_text("".join(f"{a} {b}\n" for a, b, _ in trials))
    (tmp_path / "dev").write_text("".join(f"{b} {a} {word[k]}\n" for a, b, k in trials))
    return tmp_path


def verify(folder: Path, trials: str, *more: str) -> dict[str, float]:
    out = folder / "out"
    assert main(["verify", str(folder / trials), str(folder / "test.scp"), str(out), *more]) == 0
    return {name: entry["value"] for name, entry in json.loads((out / "scores.json").read_text()).items()}


def written(folder: Path) -> list[tuple[str, str, float]]:
    lines = [line.split() for line in (folder / "out" / "scores").read_text().splitlines()]
    return [(a, b, float(score)) for a, b, score in lines]


@pytest.mark.parametrize("form", ["kaldi", "tabbed", "voxceleb", "names"])
def test_every_form_gives_the_same_scores(form: str, folder: Path) -> None:
    assert main(["verify", str(folder / form), str(folder / "test.scp"), str(folder / "out")]) == 0
    known = vectors(0, "t")
    unit = {name: x / np.linalg.norm(x) for name, x in known.items()}
    found = written(folder)
    assert [(a, b) for a, b, _ in found] == [(a, b) for a, b, _ in kinds(list(known))]
    np.testing.assert_allclose([s for *_, s in found], [unit[a] @ unit[b] for a, b, _ in found], atol=2e-6)
    assert (folder / "out" / "scores.json").exists() == (form != "names")
    assert (folder / "out" / "det.svg").exists() == (form != "names")


def test_the_scores_are_those_of_the_arrays(folder: Path) -> None:
    trials, known = kinds(list(vectors(0, "t"))), vectors(0, "t")
    names = list(known)
    pairs = [(names.index(a), names.index(b)) for a, b, _ in trials]
    by_hand = cosine_trials(np.stack(list(known.values())), [name[:3] for name in names], pairs)
    assert verify(folder, "kaldi")["speaker_eer"] == pytest.approx(eer(by_hand.target, by_hand.nontarget)[0], abs=1e-6)
    cohort = np.stack(list(vectors(1, "o").values()))
    normed = as_norm(by_hand, np.stack(list(known.values())), cohort, 10)
    found = verify(folder, "kaldi", "--cohort", str(folder / "others.scp"), "--top", "10")
    assert found["speaker_eer"] == pytest.approx(eer(normed.target, normed.nontarget)[0], abs=1e-6)
    np.testing.assert_allclose([s for *_, s in written(folder)], normed.scores, atol=1e-4)


def test_plda_and_calibration_give_likelihood_ratios(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    learned = ("--backend", "plda", "--train", str(folder / "others.scp"), "--utt2spk", str(folder / "utt2spk"))
    assert "speaker_cllr" not in verify(folder, "kaldi", *learned)
    found = verify(folder, "kaldi", *learned, "--calibrate", str(folder / "dev"))
    assert found["speaker_min_cllr"] <= found["speaker_cllr"] < found["speaker_min_cllr"] + 0.2
    assert found["speaker_mindcf"] <= found["speaker_dcf"]
    assert found["speaker_eer"] < 0.4
    assert "speaker_eer" in capsys.readouterr().out
    text = (folder / "out" / "det.svg").read_text()
    assert text.startswith("<svg") and "var(" not in text and "currentColor" not in text


@pytest.mark.parametrize("pairs", [0, 300, 1 << 25])
def test_blocks_of_any_size_give_the_same_scores(pairs: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("disentangle.scoring.trial_lists.BLOCK", 5)
    monkeypatch.setattr("disentangle.scoring.trial_lists.PAIRS", pairs)
    trials, rng = read_list(folder / "kaldi"), np.random.default_rng(0)
    x, y = rng.normal(size=(len(trials.enrolled), 3)), rng.normal(size=(len(trials.tested), 3))
    told: list[int] = []
    found = score_list(trials, x, y, lambda a, b: a @ b.T, told.append)
    np.testing.assert_allclose(found, (x[trials.first] * y[trials.second]).sum(1), rtol=1e-5, atol=1e-6)
    rows = max(5, pairs // len(y))
    assert sum(told) == len(trials.first) and len(told) == -(-len(x) // rows)


@pytest.mark.parametrize(
    ("lines", "more", "said"),
    [
        ("t00-0 t00-1 maybe\n", [], "'maybe' where target or nontarget is"),
        ("t00-0\n", [], "1 fields where two or three are"),
        ("t00-0 t00-1 target\nt00-0 t00-1\n", [], "not a list of trials"),
        ("t00-0 t00-1 target\nt00-0 nobody nontarget\n", [], "no vector of nobody"),
        ("t00-0 t00-1 target\n", [], "not both target and nontarget trials"),
        ("", [], "0 fields where two or three are"),
        (None, ["--backend", "plda"], "PLDA learns from vectors of known speakers, --train"),
        (None, ["--utt2spk", "{folder}/utt2spk"], "cosine learns nothing, --utt2spk"),
        (
            None,
            ["--backend", "plda", "--train", "{folder}/others.scp", "--utt2spk", "{folder}/few"],
            "8 utterances of 2 speakers for vectors of 8 dims: PLDA needs 10 utterances of so many speakers, or more, ",
        ),
        (None, ["--calibrate", "{folder}/names"], "not both target and nontarget trials"),
        (None, ["--top", "0"], "--top and --rank are 1 or more"),
        (None, ["--cohort", "{folder}/none.scp"], "none.scp"),
    ],
)
def test_mistakes_are_one_line(lines: str | None, more: list[str], said: str, folder: Path, refusal: Refusal) -> None:
    trials = folder / "kaldi"
    if lines is not None:
        trials.write_text(lines)
    words = [word.format(folder=folder) for word in more]
    assert said in refusal(["verify", trials, folder / "test.scp", folder / "out", *words])


def test_it_loads_no_library_that_a_list_does_not_need() -> None:
    """The networks' library takes longer to import than ten million trials to score."""
    words = "import disentangle.scoring.backend, disentangle.scoring.trial_lists, disentangle.scoring.writing"
    code = f"import sys; {words}, disentangle.report.det, disentangle.report.table; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
