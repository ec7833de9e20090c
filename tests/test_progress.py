"""Plain lines where nobody watches, a bar where somebody does."""

import io
import time

from disentangle.progress import EVERY, PlainLines, progress


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_plain_line_tells_rate_time_left_and_values_every_half_minute() -> None:
    out, clock = io.StringIO(), _Clock()
    lines = PlainLines(1000, "train", "step", 100, out, clock)
    for _ in range(60):
        clock.now += 1
        lines.advance(2, {"loss": 0.5})
    told = out.getvalue().splitlines()
    assert EVERY == 30
    assert told == [
        "train: 160/1000 step, 2 step/s, 0:07:00 left, loss 0.5",
        "train: 220/1000 step, 2 step/s, 0:06:30 left, loss 0.5",
    ]
    lines.close()
    assert len(out.getvalue().splitlines()) == 3


def test_a_short_job_says_nothing_where_nobody_watches() -> None:
    out = io.StringIO()
    with progress(3, "convert", stream=out) as bar:
        for _ in range(3):
            bar.advance()
    assert out.getvalue() == ""


def test_a_terminal_gets_a_bar() -> None:
    out = _Terminal()
    with progress(3, "train", "step", done=1, stream=out) as bar:
        time.sleep(0.2)  # the bar is drawn at most ten times a second
        bar.advance(1, {"content/confuse": 0.6931})
        time.sleep(0.2)
        bar.advance(1)
    assert "train" in out.getvalue()
    assert "content/confuse=0.693" in out.getvalue()
    assert "3/3" in out.getvalue()
