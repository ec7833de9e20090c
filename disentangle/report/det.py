"""The detection error trade-off: misses against false acceptances on the scale of normal deviates."""

import numpy as np
from numpy.typing import ArrayLike

from disentangle.report.figures import HUES, INK, drawing, svg

TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
POINTS = 1000  # of a curve that are drawn


def det_plot(accepted: ArrayLike, missed: ArrayLike, eer: float) -> str:
    """The curve as SVG (Martin et al. 1997, Eurospeech), with the point of equal errors.

    Args:
        accepted: shares of nontargets accepted at rising thresholds.
        missed: shares of targets missed at these.
        eer: where the two are equal.
    """
    from scipy.special import ndtri

    x, y = np.asarray(accepted, np.float64), np.asarray(missed, np.float64)
    kept = np.unique(np.linspace(0, len(x) - 1, POINTS).astype(int))
    inside = kept[(x[kept] > 0) & (x[kept] < 1) & (y[kept] > 0) & (y[kept] < 1)]
    low, high = ndtri(TICKS[0]), ndtri(0.5)
    with drawing("det", width=4.2, height=4.0) as (figure, axes):
        axes.plot(ndtri(x[inside]), ndtri(y[inside]), color=HUES[0], linewidth=1.8)
        axes.plot([low, high], [low, high], color=INK, linewidth=0.8, linestyle=(0, (3, 3)))
        if 0 < eer < 1:
            axes.plot([ndtri(eer)], [ndtri(eer)], "o", color=HUES[1], markersize=5)
        labels = [f"{100 * tick:g}" for tick in TICKS]
        axes.set_xticks(ndtri(TICKS), labels)
        axes.set_yticks(ndtri(TICKS), labels)
        axes.set_xlim(low, high)
        axes.set_ylim(low, high)
        axes.grid()
        axes.set_xlabel("false acceptances, %")
        axes.set_ylabel("misses, %")
        return svg(figure, f"Detection error trade-off; equal errors at {100 * eer:.2f} %.")


def alone(drawn: str) -> str:
    """The same as a file of its own, where no page gives the colours."""
    return drawn.replace("var(--line)", "#b8b8b8").replace("currentColor", "#222222") + "\n"
