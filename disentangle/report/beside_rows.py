"""What stands beside a model's scores, as rows under the same names: real speech, resynthesis, log-mel."""

from collections.abc import Sequence
from dataclasses import replace

from disentangle.report.catalogue import describe
from disentangle.report.experiment import Experiment


def rows_beside(experiments: Sequence[Experiment], kinds: Sequence[str]) -> list[Experiment]:
    """For each experiment and kind one that is named like the kind, with its scores under the names they stand beside.

    Args:
        experiments: that were scored.
        kinds: what scores begin with, as "real" of ``real_speaker_accept``, beside ``conversion_speaker_accept``.

    Raises:
        ValueError: a kind that stands beside no score.
    """
    found = []
    for kind in kinds:
        of_kind = [_row(experiment, kind) for experiment in experiments]
        if not any(row.scores for row in of_kind):
            raise ValueError(f"nothing of '{kind}' beside any score, --beside. Name what it has: real, mel")
        found += [row for row in of_kind if row.scores]
    return found


def _row(experiment: Experiment, kind: str) -> Experiment:
    scores = {
        name: experiment.scores[beside]
        for name in experiment.scores
        for beside in describe(name).beside
        if beside.startswith(f"{kind}_") and beside in experiment.scores
    }
    return replace(experiment, config={**experiment.config, "name": kind}, scores=scores)
