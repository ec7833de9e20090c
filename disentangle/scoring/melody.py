"""Whether converted speech rises and falls, and has a voice, when its source does."""

import numpy as np

from disentangle.evaluation.bootstrap import mean_score
from disentangle.evaluation.conversion import frame_correlation, frames_voiced
from disentangle.pitch import pitch
from disentangle.scoring.converted import Converted
from disentangle.scoring.tasks import Outcome

KEPT = (
    "conversion_source_f0_corr",
    "resynthesis_source_f0_corr",
    "conversion_source_voicing",
    "resynthesis_source_voicing",
)
MELODIES = 48  # conversions whose pitch is followed, which takes long


def kept(made: Converted) -> Outcome:
    """Correlation of the log F0 of conversions with that of their sources, frame by frame, for they keep the pace; the
    share of a source's voiced frames that are voiced in its conversion; and the same of sources made sound again from
    their log-mels.
    """
    conversions = list(zip(made.conversions, made.sounds, strict=True))
    chosen = conversions[:: max(1, len(conversions) // MELODIES)]
    sources = {pair.source.id: pair.source.speaker for pair, _ in chosen}
    own = {name: pitch(made.real[name].wave, made.rate) for name in sources}
    converted = [(pitch(sound.wave, made.rate), own[pair.source.id]) for pair, sound in chosen]
    again = [(pitch(made.resynthesis[name].wave, made.rate), own[name]) for name in sources]
    rows = {}
    for prefix, tracks, speakers in (
        ("conversion", converted, [pair.source.speaker for pair, _ in chosen]),
        ("resynthesis", again, list(sources.values())),
    ):
        rows[f"{prefix}_source_f0_corr"] = [frame_correlation(*pair) for pair in tracks], speakers
        rows[f"{prefix}_source_voicing"] = [frames_voiced(*pair) for pair in tracks], speakers
    return Outcome({name: mean_score(*row) for name, row in rows.items() if np.isfinite(row[0]).any()})
