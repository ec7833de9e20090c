"""The worst conversions are those with the largest errors, the worst first, and only such as went wrong."""

import numpy as np

from disentangle.corpus.utterances import Utterance
from disentangle.scoring.converted import Converted, Sound
from disentangle.scoring.pairing import Conversion, Roles
from disentangle.scoring.worst import COUNT, worst


def made(*texts: str) -> Converted:
    spoken = [Utterance(f"a-{k:02d}", "a", "x.wav", text=text) for k, text in enumerate(texts)]
    nothing = Sound(np.zeros(1, np.float32), np.zeros((1, 1), np.float32))
    conversions = [Conversion(u, "b") for u in spoken]
    return Converted(8000, 0, Roles({}, {}, (), {}, (), ()), conversions, [nothing] * len(spoken), {}, {}, ())


def test_words_are_ordered_by_the_share_of_letters_that_are_wrong() -> None:
    found = worst(made("ab cd", "ab cd", "ab cd"), {"recognised": ["ab cd", "", "ab ce"]})
    assert found == {"words": [(1, 1.0), (2, 0.2)]}


def test_a_single_word_is_right_or_wrong() -> None:
    assert worst(made("five", "nine"), {"recognised": ["fine", "nine"]}) == {"words": [(0, 1.0)]}


def test_voices_are_ordered_by_how_far_below_the_threshold_they_are_and_ten_are_told() -> None:
    margins = [0.5, *(-0.01 * k for k in range(1, 13))]
    (found,) = worst(made(*["x"] * 13), {"margin": margins}).values()
    assert [place for place, _ in found] == list(range(12, 12 - COUNT, -1))
    assert found[0][1] == 0.12
