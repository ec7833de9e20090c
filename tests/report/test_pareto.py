"""The plane of leakage and content: who is beaten, letters turned into what is right, a file that stands alone."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from disentangle.report.pareto import LEAK, front, pareto, points


def rows(said: str, found: dict[str, tuple[float, float]]) -> Any:
    return {
        row: {"scores": {LEAK: {"mean": leak, "std": None, "seeds": [leak]}, said: {"mean": right}}}
        for row, (leak, right) in found.items()
    }


def test_the_front_holds_who_is_beaten_by_nobody() -> None:
    found = {"plain": (0.9, 0.95), "all": (0.3, 0.9), "worse": (0.5, 0.9), "equal": (0.3, 0.9), "silent": (0.1, 0.1)}
    assert front(found) == ["silent", "all", "equal", "plain"]


def test_errors_are_turned_into_what_is_right_and_rows_without_both_scores_are_left_out() -> None:
    results = rows("content_cer", {"a": (0.2, 0.3), "b": (0.4, 0.1)}) | {"c": {"scores": {LEAK: {"mean": 0.1}}}}
    assert points(results) == ("content_cer", {"a": (0.2, 0.7), "b": (0.4, 0.9)})
    with pytest.raises(ValueError, match="no two rows with content_speaker_accuracy_sequence"):
        points(rows("content_cer", {"a": (0.2, 0.3)}))


def test_the_plot_names_every_row_and_needs_no_page_around_it() -> None:
    drawn = pareto(rows("content_digit_accuracy", {"plain": (0.9, 0.95), "all": (0.3, 0.9)}))
    assert ET.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    assert "plain" in drawn and "all" in drawn and "var(--" not in drawn
