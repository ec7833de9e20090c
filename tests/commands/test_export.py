"""`export`: graphs that do what the model does, for recordings of any length."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from numpy.typing import NDArray

import disentangle
from disentangle.cli import main
from disentangle.speech.graphs import SpeakerGraph, write
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import ContentOptions, DecoderOptions, FrontEndOptions, SpeakerOptions, SpeechOptions
from tests.commands.conftest import Refusal, voiced

Run = Callable[..., NDArray[np.float32]]
#: What `torch.export.load` says of the file that it reads, once in a process.
READ_ONLY = pytest.mark.filterwarnings("ignore:The given buffer is not writable:UserWarning")


def equal(trained: Path, run: Run) -> None:
    """What the graphs make of recordings of three lengths is what the model makes of them."""
    model = disentangle.load(trained)
    for seconds in (0.2, 0.7, 3.0):
        wave = voiced("bob", seconds).astype(np.float32)
        mel = model.log_mel(wave)[None]
        content, vector = model.content([wave])[0], model.speaker([wave])[0]
        np.testing.assert_allclose(run("content", mel)[0], content, rtol=0, atol=1e-4)
        np.testing.assert_allclose(run("speaker", mel)[0], vector, rtol=0, atol=1e-4)
        noise = torch.randn(mel.shape, generator=torch.Generator().manual_seed(0)).numpy()
        made = run("decoder", content[None], vector[None], noise)[0]
        np.testing.assert_allclose(made, model.decode(content, vector), rtol=0, atol=1e-4)


@READ_ONLY
def test_torch_programs_equal_the_model(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "graphs"
    capsys.readouterr()
    assert main(["export", str(trained), str(out), "--format", "torch"]) == 0
    said = capsys.readouterr()
    names = ["content.pt2", "speaker.pt2", "decoder.pt2"]
    assert (said.out.splitlines(), said.err) == ([str(out / name) for name in names], "")
    assert sorted(path.name for path in out.iterdir()) == sorted([*names, "config.yaml"])
    assert yaml.safe_load((out / "config.yaml").read_text())["front_end"]["rate"] == 8000
    programs = {name: torch.export.load(out / f"{name}.pt2").module() for name in ("content", "speaker", "decoder")}

    def run(name: str, *inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        made: NDArray[np.float32] = programs[name](*(torch.from_numpy(x) for x in inputs)).detach().numpy()
        return made

    equal(trained, run)


def test_onnx_graphs_equal_the_model_under_onnxruntime(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime = pytest.importorskip("onnxruntime", reason="needs onnxruntime")
    pytest.importorskip("onnxscript", reason="needs onnxscript")
    out = tmp_path / "graphs"
    capsys.readouterr()
    assert main(["export", str(trained), str(out)]) == 0
    assert capsys.readouterr().err == ""
    sessions = {name: runtime.InferenceSession(out / f"{name}.onnx") for name in ("content", "speaker", "decoder")}
    names = {name: [x.name for x in session.get_inputs()] for name, session in sessions.items()}
    assert names == {"content": ["log_mel"], "speaker": ["log_mel"], "decoder": ["code", "vector", "noise"]}

    def run(name: str, *inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        made: NDArray[np.float32] = sessions[name].run(None, dict(zip(names[name], inputs, strict=True)))[0]
        return made

    equal(trained, run)


@READ_ONLY
def test_whoever_runs_a_graph_draws_the_noise_of_its_bottleneck(tmp_path: Path) -> None:
    """Without any it is what the bottleneck is given; and the noise is as strong as in the model."""
    options = SpeechOptions(
        FrontEndOptions(rate=8000, mels=16), content=ContentOptions(bottleneck="noise", dims=4, noise=0.5)
    )
    model, wave = SpeechModel(options).eval(), voiced("bob", 0.7).astype(np.float32)
    content, *_ = write(model, tmp_path, "torch")
    graph, mel = torch.export.load(content).module(), torch.from_numpy(model.log_mel(wave))[None]
    drawn = torch.randn(1, mel.shape[1], 4)
    silent, noisy = (graph(mel, x)[0].detach() for x in (torch.zeros_like(drawn), drawn))
    np.testing.assert_allclose(silent, model.noiseless([wave])[0], rtol=0, atol=1e-4)
    torch.testing.assert_close(noisy - silent, 0.5 * drawn[0], rtol=0, atol=1e-5)


@READ_ONLY
def test_the_graph_of_a_decoder_that_is_told_contours_is_the_decoder(tmp_path: Path) -> None:
    """At the height that it reads from the vector, too."""
    options = SpeechOptions(FrontEndOptions(rate=8000, mels=16), decoder=DecoderOptions(f0=True))
    model, wave = SpeechModel(options).eval(), voiced("bob", 0.7).astype(np.float32)
    model.higher.fill_(0.3)
    graph = torch.export.load(write(model, tmp_path, "torch")[2]).module()
    code, vector = model.decodable(wave), model.speaker([wave])[0]
    assert code[:, -3].any()
    noise = torch.randn(1, len(code), 16, generator=torch.Generator().manual_seed(0))
    made = graph(torch.from_numpy(code)[None], torch.from_numpy(vector)[None], noise)[0].detach()
    np.testing.assert_allclose(made, model.decode(code, vector), rtol=0, atol=1e-4)


@pytest.mark.parametrize("frames", [13, 40])
def test_the_graph_of_an_ecapa_is_the_ecapa(frames: int) -> None:
    """Without its grouping by length, which one recording does not need."""
    options = SpeechOptions(FrontEndOptions(rate=8000, mels=16), speaker=SpeakerOptions(kind="ecapa", channels=8))
    model, mel = SpeechModel(options).eval(), torch.randn(1, frames, 16)
    expected = model.speaker_encoder(mel - mel.mean(), torch.tensor([frames]))
    torch.testing.assert_close(SpeakerGraph(model)(mel), expected, rtol=0, atol=1e-5)


def test_what_cannot_be_exported(
    trained: Path, vocoder: Path, tmp_path: Path, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--format", "torch"]
    assert "a vocoder where" in refusal(["export", vocoder, tmp_path / "out", *words])
    assert "no trained model" in refusal(["export", tmp_path / "none", tmp_path / "out", *words])
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    assert "something is there already" in refusal(["export", trained, tmp_path / "full", *words])
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert "pip install 'disentangle[onnx]'" in refusal(["export", trained, tmp_path / "out"])
