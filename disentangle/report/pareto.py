"""What content says against what it gives away: rows of results in a plane, and those that none beats in both."""

from collections.abc import Mapping

from disentangle.report.catalogue import describe
from disentangle.report.figures import HUES, INK, LINE, SOFT, drawing, svg
from disentangle.report.results import Results

LEAK = "content_speaker_accuracy_sequence"
SAID = ("content_digit_accuracy", "content_word_accuracy", "content_sentence_accuracy", "content_cer")
PLAIN = {"currentColor": "#333333", "var(--line)": "#bbbbbb", "var(--soft)": "#888888"}  # outside the report's page

Point = tuple[float, float]


def points(results: Results) -> tuple[str, dict[str, Point]]:
    """The score of content, and each row's leakage and share of content that is right.

    Raises:
        ValueError: no two rows that have both.
    """
    for name in SAID:
        there = {row: found["scores"] for row, found in results.items() if {name, LEAK} <= found["scores"].keys()}
        if len(there) > 1:
            wrong = describe(name).better == "lower"
            means = {row: (scores[LEAK]["mean"], scores[name]["mean"]) for row, scores in there.items()}
            return name, {row: (leak, 1 - said if wrong else said) for row, (leak, said) in means.items()}
    raise ValueError(f"no two rows with {LEAK} and one of {', '.join(SAID)}. Score them with --only leakage,content.")


def front(found: Mapping[str, Point]) -> list[str]:
    """Rows that no other beats: as little leakage and as much content, one of them better.

    Example:
        >>> front({"a": (0.9, 0.9), "b": (0.2, 0.8), "c": (0.3, 0.7)})
        ['b', 'a']
    """
    kept = [
        name
        for name, (leak, said) in found.items()
        if not any(l <= leak and s >= said and (l, s) != (leak, said) for l, s in found.values())  # noqa: E741
    ]
    return sorted(kept, key=lambda name: found[name])


def pareto(results: Results) -> str:
    """The plot, a file of its own: leakage to the right, content upwards, the front joined by steps.

    Raises:
        ValueError: as ``points``.
    """
    name, found = points(results)
    best = front(found)
    with drawing("pareto", width=7.2, height=5.2) as (figure, axes):
        axes.step(
            [100 * found[row][0] for row in best],
            [100 * found[row][1] for row in best],
            where="post",
            color=HUES[0],
            linewidth=1.2,
        )
        for row, (leak, said) in found.items():
            axes.plot(100 * leak, 100 * said, "o", color=HUES[0] if row in best else SOFT)
            axes.annotate(row, (100 * leak, 100 * said), (4, 4), textcoords="offset points", fontsize=8, color=INK)
        axes.grid(color=LINE, linewidth=0.5)
        axes.set_xlabel("speaker recognised from content by a sequence attacker, %")
        axes.set_ylabel(f"{'letters' if name.endswith('cer') else name.split('_')[1]} right from content, %")
        drawn = svg(figure, f"Leakage against content; none beats {', '.join(best)}.")
    for variable, colour in PLAIN.items():
        drawn = drawn.replace(variable, colour)
    return drawn.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1) if "xmlns=" not in drawn else drawn
