"""The benchmark compares like with like, and writes what it says it writes; how fast anything is, is not tested."""

import copy
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from benchmarks import by_hand, corpora, pictures, processes, recordings, speech
from benchmarks.__main__ import main
from benchmarks.clock import DRAWING, WARMUP, in_turn
from benchmarks.results import TITLES
from disentangle import builders, cli
from disentangle.corpus.directory import read
from disentangle.speech.batches import SpeechBatch


def play(runs: Mapping[str, Callable[[Any], object]], batches: Iterable[Any]) -> None:
    for step, batch in enumerate(batches):
        for run in runs.values():
            torch.manual_seed(step)
            run(batch)


def assert_moved_alike(game: nn.Module, copied: nn.Module, before: nn.Module) -> None:
    expected, old = dict(copied.named_parameters()), dict(before.named_parameters())
    for name, tensor in game.named_parameters():
        torch.testing.assert_close(tensor, expected[name], rtol=0, atol=1e-10)
    assert not all(torch.equal(tensor, old[name]) for name, tensor in game.named_parameters())


@pytest.mark.parametrize(("game", "loop"), [(pictures.gan, by_hand.gan), (pictures.infogan, by_hand.infogan)])
def test_the_loops_of_picture_games_are_the_games(game: Callable[[int], Any], loop: Callable[..., object]) -> None:
    torch.manual_seed(0)
    played = game(2).double()
    copied, before = copy.deepcopy(played), copy.deepcopy(played)
    play(pictures.rounds(played, copied, loop), [pictures.pictures(n, 4).double() for n in range(3)])
    assert_moved_alike(played, copied, before)


def double(batch: SpeechBatch) -> SpeechBatch:
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    floats = {name: value.double() for name, value in values.items() if value.is_floating_point()}
    return replace(batch, **floats)


@pytest.mark.parametrize(("moves", "voices"), [(1, 0), (2, 1)])
def test_the_loop_of_the_speech_game_is_the_game(moves: int, voices: int, tmp_path: Path) -> None:
    config = speech.configured(recordings.generate(tmp_path, speakers=2, takes=1), quick=True)
    config = replace(config, training=replace(config.training, precision="float32"))
    _, game, source = builders.speech(config, read(Path(config.train)))
    game.moves, game.voices = moves, voices
    game.double()
    copied, before = copy.deepcopy(game), copy.deepcopy(game)
    batches = [[double(source.batch(n, draw, 0, 1)) for draw in range(1 + voices)] for n in range(3)]
    play(speech.rounds(config, game, copied), batches)
    assert_moved_alike(game, copied, before)


def test_everybody_gets_what_was_drawn_and_the_order_turns() -> None:
    seen: list[tuple[str, int]] = []
    runs = {name: lambda drawn, name=name: seen.append((name, drawn)) for name in ("a", "b")}
    seconds = in_turn(lambda repeat: 10 * repeat, runs, repeats=2)
    assert {name: len(spent) for name, spent in seconds.items()} == {DRAWING: 2, "a": 2, "b": 2}
    at = 10 * WARMUP
    assert seen[2 * WARMUP :] == [("b", at), ("a", at), ("a", at + 10), ("b", at + 10)]


def test_all_figures_are_written_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--out", str(tmp_path / "RESULTS.json")])
    results = json.loads((tmp_path / "RESULTS.json").read_text())
    assert {"command", "commit", "machine", "data", "figures"} <= results.keys()
    assert list(results["figures"]) == list(TITLES)
    for found in results["figures"].values():
        assert found.keys() >= {"value", "unit", "quartiles", "repeats"}
        assert found["value"] > 0
    bounded = {name for name, found in results["figures"].items() if "bound" in found}
    over_hand = {f"{game}_engine_over_hand" for game in ("gan", "infogan", "speech")}
    assert bounded == over_hand | {"data_loading_share", "live_real_time_factor"}
    shown = capsys.readouterr().out
    assert all(title in shown for title in TITLES.values())


def test_the_figures_of_corpora_come_of_the_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Little of everything, the commands typed in this process."""
    typed = list[str]()

    def run(words: Sequence[str | Path]) -> processes.Ran:
        typed.append(str(words[0]))
        assert cli.main([*map(str, words), *(["--nj", "1"] if words[0] == "embed" else [])]) == 0
        return processes.Ran(2.0, (0.5, 1.0))

    monkeypatch.setattr(processes, "run", run)
    corpora.main(["--quick", "--out", str(tmp_path / "CORPORA.json")])
    results = json.loads((tmp_path / "CORPORA.json").read_text())
    assert sorted(results["figures"]) == sorted(corpora.TITLES)
    assert results["figures"]["verify"]["bound"] == 10 and results["figures"]["loading_over_loop"]["least"] == 1.5
    assert results["command"].startswith("python -m benchmarks.corpora") and typed == [
        "embed",
        "embed",
        "data",
        "verify",
    ]
    shown = " ".join(capsys.readouterr().out.split())
    assert "at least 1.6 MISSED" in shown


def test_a_command_is_timed_and_its_memory_watched() -> None:
    ran = processes.run(["--help"])
    assert ran.seconds > 0 and 0.001 < ran.peak < 10
    with pytest.raises(RuntimeError, match="error: no data directory"):
        processes.run(["data", "validate", "/nothing/here"])
    flat = processes.Ran(200.0, (0.1,) * 240 + (1.0,) * 280 + (1.05,) * 280)
    assert flat.growth == pytest.approx(5)
