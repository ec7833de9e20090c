"""What attackers recover of the speaker: from the code, from log-mel as the ceiling, by chance."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from disentangle.evaluation.score import Score
from disentangle.report.figures import HUES, INK, SOFT, drawing, svg
from disentangle.report.units import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = {
    "linear_mean": "linear, mean",
    "linear": "linear",
    "mlp": "MLP",
    "sequence": "sequence",
    "ecapa": "ECAPA",
    "shuffled": "shuffled",
}


def attackers(scores: Mapping[str, Score]) -> list[str]:
    """The kinds of attackers that were tried on content."""
    return [kind for kind in KINDS if f"content_speaker_accuracy_{kind}" in scores]


def leakage_chart(scores: Mapping[str, Score], name: str) -> str | None:
    """Bars with intervals for each attacker, on content and on log-mel, and the line of chance; None without any."""
    kinds = attackers(scores)
    if not kinds:
        return None
    with drawing(name, width=4.9, height=0.9 + 0.75 * len(kinds)) as (figure, axes):
        for place, kind in enumerate(kinds):
            _bar(axes, place - 0.19, scores[f"content_speaker_accuracy_{kind}"], HUES[0])
            ceiling = scores.get(f"mel_speaker_accuracy_{kind}")
            if ceiling:
                _bar(axes, place + 0.19, ceiling, SOFT)
        chance = scores[f"content_speaker_accuracy_{kinds[0]}"].chance
        if chance is not None:
            axes.axvline(100 * chance, color=INK, linestyle=(0, (3, 3)), linewidth=1.2)
        axes.set_yticks(range(len(kinds)), [KINDS[kind] for kind in kinds])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_xlim(0, 118)
        axes.set_xticks(range(0, 101, 20))
        axes.set_xlabel("speaker recognised, %")
        return svg(figure, _alt(scores, kinds))


def _bar(axes: "Axes", place: float, score: Score, colour: str) -> None:
    axes.barh(place, 100 * score.value, height=0.34, color=colour)
    low, high = score.ci95 or (score.value, score.value)
    axes.plot([100 * low, 100 * high], [place, place], color=INK, linewidth=1.4, solid_capstyle="butt")
    axes.text(100 * max(high, score.value) + 1.5, place, shown(score.value, "share"), va="center", fontsize=9)


def _alt(scores: Mapping[str, Score], kinds: list[str]) -> str:
    parts = []
    for kind in kinds:
        ceiling = scores.get(f"mel_speaker_accuracy_{kind}")
        beside = f" against {shown(ceiling.value, 'share')} on log-mel" if ceiling else ""
        parts.append(f"{KINDS[kind]} {shown(scores[f'content_speaker_accuracy_{kind}'].value, 'share')}{beside}")
    chance = scores[f"content_speaker_accuracy_{kinds[0]}"].chance
    return f"Speaker recognised from content by attackers: {'; '.join(parts)}; chance {shown(chance, 'share')}."
