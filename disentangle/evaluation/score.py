"""One measured number with what is needed to read it: interval, number of items and chance."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """A measured value; shares and errors are fractions.

    Args:
        value: the measure.
        ci95: its 95 % interval, low and high, or None where there is none.
        n: number of items (utterances, trials, words) it was measured on.
        chance: what guessing reaches, or None where guessing has no value.

    Example:
        >>> Score(0.05, (0.03, 0.08), 300, 0.5).as_dict()
        {'value': 0.05, 'ci95': [0.03, 0.08], 'n': 300, 'chance': 0.5}
    """

    value: float
    ci95: tuple[float, float] | None = None
    n: int = 0
    chance: float | None = None

    def as_dict(self) -> dict[str, float | int | list[float] | None]:
        """The form that scores.json holds."""
        return {
            "value": self.value,
            "ci95": None if self.ci95 is None else list(self.ci95),
            "n": self.n,
            "chance": self.chance,
        }
