"""The loop: what it logs, keeps, watches, refuses and resumes."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from disentangle.adversarial import checkpoint
from disentangle.adversarial.game import Game, Move, NonFiniteLoss
from disentangle.adversarial.log import Exhibits, Picture, Sound
from disentangle.adversarial.training import Interrupted, PlayerOptions, TrainingOptions, TrainingResult, train

Rounds = Callable[[int], Tensor]


class Duel(Game[Tensor]):
    """One player learns the batch, the other what the first has learnt; a third term is given from outside."""

    players = {"teacher": "T", "pupil": "P"}  # noqa: RUF012

    def __init__(self, extra: Rounds = lambda _: torch.zeros(())) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.T, self.P, self.extra = nn.Linear(2, 2), nn.Linear(2, 2), extra

    def round(self, batches: Iterator[Tensor]) -> Iterator[Move]:
        x, y = next(batches), next(batches)
        yield {"teacher": {"fit": (self.T(x) - y).square().mean()}}
        fit = (self.P(x + 0.1 * torch.randn_like(x)) - self.T(x)).square().mean()
        yield {"pupil": {"fit": fit, "extra": self.extra(self.step)}}


class Noise:
    """Batches from (step, draw); notes what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int, int]] = []

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Tensor:
        self.asked.append((step, draw, rank, ranks))
        return torch.randn(4, 2, generator=torch.Generator().manual_seed(step * 10 + draw))


PLAYERS = {"teacher": PlayerOptions(1e-2), "pupil": PlayerOptions(1e-2, ema=0.5, decay="linear")}


def run(folder: Path, steps: int = 12, extra: Rounds = lambda _: torch.zeros(()), **options: Any) -> TrainingResult:
    """Train; options of the run by name, those of `train` too."""
    loop = {name: options.pop(name) for name in ("resume", "report", "watch", "watch_every", "show") if name in options}
    settings = TrainingOptions(steps, **({"log_every": 5, "save_every": 5, "tensorboard": False} | options))
    return train(Duel(extra), Noise(), PLAYERS, settings, folder, **loop)


def log(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_the_log_names_every_term_at_the_steps_asked_for_and_the_last(tmp_path: Path) -> None:
    run(tmp_path)
    assert [line["step"] for line in log(tmp_path)] == [5, 10, 12]
    assert list(log(tmp_path)[0]) == ["step", "teacher/fit", "pupil/fit", "pupil/extra"]


def test_a_run_is_the_same_every_time_and_its_seed_matters(tmp_path: Path) -> None:
    one, other = run(tmp_path / "a"), run(tmp_path / "b")
    torch.testing.assert_close(one.state, other.state, rtol=0, atol=0)
    assert (tmp_path / "a/log.jsonl").read_bytes() == (tmp_path / "b/log.jsonl").read_bytes()
    assert run(tmp_path / "c", seed=1).state["P.weight"].ne(one.state["P.weight"]).any()


def test_a_source_is_asked_for_every_draw_of_every_step(tmp_path: Path) -> None:
    source = Noise()
    train(Duel(), source, PLAYERS, TrainingOptions(2, tensorboard=False), tmp_path)
    assert source.asked == [(0, 0, 0, 1), (0, 1, 0, 1), (1, 0, 0, 1), (1, 1, 0, 1)]


def test_a_game_knows_the_rounds_played_and_reports_count_them(tmp_path: Path) -> None:
    seen: list[int] = []
    reported: list[int] = []

    def extra(step: int) -> Tensor:
        seen.append(step)
        return torch.zeros(())

    run(tmp_path, 3, extra, report=lambda step, values: reported.append(step) if "pupil/fit" in values else None)
    assert (seen, reported) == ([0, 1, 2], [1, 2, 3])


def test_every_step_has_chance_of_its_own(tmp_path: Path) -> None:
    draws: list[float] = []
    run(tmp_path, 5, extra=lambda _: draws.append(torch.rand(()).item()) or torch.zeros(()))  # type: ignore[func-returns-value]
    assert len(set(draws)) == 5


def test_the_result_holds_averages_where_they_are_kept(tmp_path: Path) -> None:
    result = run(tmp_path)
    saved: dict[str, Any] = checkpoint.load(result.checkpoint)
    assert result.step == saved["step"] == 12
    assert torch.equal(result.state["T.weight"], saved["game"]["T.weight"])
    assert torch.equal(result.state["P.weight"], saved["averages"]["P.weight"])
    assert not torch.equal(result.state["P.weight"], saved["game"]["P.weight"])


def test_checkpoints_are_kept_as_asked_for(tmp_path: Path) -> None:
    run(tmp_path, keep=2)
    assert checkpoint.steps(tmp_path) == [10, 12]


def test_watched_values_are_logged_and_the_lowest_keeps_its_checkpoint(tmp_path: Path) -> None:
    distances = {4: 3.0, 8: 1.0, 10: 2.0}
    run(tmp_path, 10, watch=lambda step: {"distance": distances[step]}, watch_every=4, best="distance")
    assert [(line["step"], line.get("watch/distance")) for line in log(tmp_path)] == [
        (4, 3),
        (5, None),
        (8, 1),
        (10, 2),
    ]
    assert checkpoint.load(checkpoint.best_path(tmp_path))["step"] == 8
    with pytest.raises(ValueError, match="best is loss, but nothing is watched"):
        run(tmp_path / "c", 10, best="loss")
    with pytest.raises(ValueError, match="best is loss, but what is watched is distance"):
        run(tmp_path / "b", 10, watch=lambda _: {"distance": 1.0}, watch_every=4, best="loss")


def test_watching_changes_neither_training_nor_its_mode(tmp_path: Path) -> None:
    game = Duel()
    game.P.add_module("drop", nn.Dropout().eval())

    def watch(_: int) -> dict[str, float]:
        game.eval()
        return {"noise": torch.rand(()).item()}

    options = TrainingOptions(12, log_every=5, save_every=5, tensorboard=False)
    watched = train(game, Noise(), PLAYERS, options, tmp_path / "a", watch=watch, watch_every=1)
    torch.testing.assert_close(watched.state, run(tmp_path / "b").state, rtol=0, atol=0)
    assert [module.training for module in game.P.children()] == [False]
    assert game.T.training


def test_tensorboard_gets_every_logged_value(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run(tmp_path, tensorboard=True)
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    scalars = events.Scalars("pupil/fit")
    assert [event.step for event in scalars] == [5, 10, 12]
    assert [event.value for event in scalars] == pytest.approx([line["pupil/fit"] for line in log(tmp_path)])


def test_what_is_shown_is_in_tensorboard_and_what_is_watched_in_one_chart(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    modes = []
    game = Duel()

    def show() -> Exhibits:
        modes.append([module.training for module in game.modules()])
        torch.rand(100)  # draws of its own, which are not the training's
        return {"seen": Picture(torch.full((4, 6, 3), 200, dtype=torch.uint8)), "heard": Sound(torch.ones(80), 8000)}

    options = TrainingOptions(9, log_every=5, save_every=5, show_every=4)
    shown = train(game, Noise(), PLAYERS, options, tmp_path / "a", show=show, watch=lambda _: {"x": 1.0}, watch_every=4)
    torch.testing.assert_close(shown.state, run(tmp_path / "b", 9).state, rtol=0, atol=0)
    assert modes == [[False] * len(modes[0])] * 2 and game.T.training
    events = EventAccumulator(str(tmp_path / "a" / "tensorboard"))
    events.Reload()
    assert [(image.step, image.width, image.height) for image in events.Images("seen")] == [(4, 6, 4), (8, 6, 4)]
    assert [(sound.step, sound.sample_rate) for sound in events.Audio("heard")] == [(4, 8000.0), (8, 8000.0)]
    assert "custom_scalars__config__" in str(events.Tags())


def test_nothing_is_shown_where_there_is_no_tensorboard_or_where_it_is_not_asked_for(tmp_path: Path) -> None:
    def show() -> Exhibits:
        raise AssertionError("shown")

    run(tmp_path / "a", show=show, show_every=1)
    run(tmp_path / "b", show=show, show_every=0, tensorboard=True)


def test_a_resumed_run_equals_the_unbroken_one_and_forgets_later_lines(tmp_path: Path) -> None:
    unbroken = run(tmp_path / "a", log_every=1)

    def fail(step: int, _: dict[str, float]) -> None:
        if step == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "b", log_every=1, report=fail)
    with (tmp_path / "b/log.jsonl").open("a") as file:
        file.write('{"step": 8, "half')
    resumed = run(tmp_path / "b", log_every=1, resume=True)
    torch.testing.assert_close(resumed.state, unbroken.state, rtol=0, atol=0)
    assert (tmp_path / "a/log.jsonl").read_bytes() == (tmp_path / "b/log.jsonl").read_bytes()


def test_a_finished_run_that_is_resumed_has_nothing_to_do(tmp_path: Path) -> None:
    first = run(tmp_path)
    again = run(tmp_path, resume=True)
    torch.testing.assert_close(again.state, first.state, rtol=0, atol=0)
    assert len(log(tmp_path)) == 3


def test_resuming_where_nothing_is_begins(tmp_path: Path) -> None:
    assert run(tmp_path, resume=True).step == 12


def test_a_folder_that_holds_a_run_is_not_overwritten(tmp_path: Path) -> None:
    run(tmp_path)
    with pytest.raises(ValueError, match="holds a run already"):
        run(tmp_path)


def test_a_checkpoint_of_other_networks_is_refused(tmp_path: Path) -> None:
    run(tmp_path)
    other = Duel()
    other.P = nn.Linear(2, 2, bias=False)
    with pytest.raises(ValueError, match=r"step-00000012\.pt is of another configuration"):
        train(other, Noise(), PLAYERS, TrainingOptions(20, tensorboard=False), tmp_path, resume=True)
    averaged = PLAYERS | {"teacher": PlayerOptions(ema=0.9)}
    with pytest.raises(ValueError, match=r"of another configuration"):
        train(Duel(), Noise(), averaged, TrainingOptions(20, tensorboard=False), tmp_path, resume=True)


def test_options_for_a_player_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Options for critic: .* teacher, pupil"):
        train(Duel(), Noise(), PLAYERS | {"critic": PlayerOptions()}, TrainingOptions(2), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_non_finite_loss_names_player_term_step_and_the_last_good_checkpoint(tmp_path: Path) -> None:
    last = checkpoint.path_of(tmp_path, 5)
    with pytest.raises(NonFiniteLoss, match="pupil/extra is not finite, step 8") as caught:
        run(tmp_path, extra=lambda step: torch.tensor(torch.inf if step == 7 else 0.0))
    assert (caught.value.player, caught.value.term, caught.value.step) == ("pupil", "extra", 8)
    assert caught.value.checkpoint == checkpoint.latest(tmp_path) == last
    assert str(last) in str(caught.value)
    with pytest.raises(NonFiniteLoss, match="step-00000000") as early:
        run(tmp_path / "b", extra=lambda _: torch.tensor(torch.nan))
    assert early.value.step == 1


def test_weights_that_went_bad_silently_are_never_saved(tmp_path: Path) -> None:
    game = Duel()

    def spoil(step: int, _: dict[str, float]) -> None:
        if step == 10:
            nn.init.constant_(game.P.weight, torch.nan)

    options = TrainingOptions(12, save_every=5, tensorboard=False)
    with pytest.raises(NonFiniteLoss, match="pupil/weights is not finite, step 10") as caught:
        train(game, Noise(), PLAYERS, options, tmp_path, report=spoil)
    assert caught.value.checkpoint == checkpoint.path_of(tmp_path, 5)


def test_a_signal_stops_after_the_round_and_handlers_are_put_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def stop(step: int, _: dict[str, float]) -> None:
        if step == 7:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted, match="Stopped by SIGTERM after step 7") as caught:
        run(tmp_path, report=stop)
    assert (caught.value.step, caught.value.signal) == (7, signal.SIGTERM)
    assert caught.value.path == checkpoint.latest(tmp_path)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_a_signal_in_the_last_round_finds_the_run_done(tmp_path: Path) -> None:
    result = run(tmp_path, report=lambda step, _: os.kill(os.getpid(), signal.SIGTERM) if step == 12 else None)
    assert result.step == 12


def test_bfloat16_trains_and_saves_float32(tmp_path: Path) -> None:
    result = run(tmp_path, precision="bf16")
    assert {tensor.dtype for tensor in result.state.values()} == {torch.float32}
    assert result.state["T.weight"].ne(run(tmp_path / "b").state["T.weight"]).any()
