"""What is known about a score, and the headings that scores stand under."""

from dataclasses import dataclass
from typing import Literal

from disentangle.report.units import Unit

Better = Literal["higher", "lower", ""]

SPEAKER, LEAK, CONTENT, CONVERSION, SOUND, ANONYMITY, CODES, PICTURES, CLASSES, OTHER = (
    "Who speaks: the speaker vector",
    "What leaks: traces of the wrong kind",
    "What is said: the content code",
    "Voice conversion",
    "Sound from log-mels",
    "Anonymised speech",
    "What the code means",
    "Drawn and reconstructed pictures",
    "Classes and domains",
    "Other scores",
)
GROUPS = (SPEAKER, LEAK, CONTENT, CONVERSION, SOUND, ANONYMITY, CODES, PICTURES, CLASSES, OTHER)


@dataclass(frozen=True)
class Entry:
    """What is known about a score.

    Args:
        name: as in scores.json.
        title: a few words for a table.
        description: one plain sentence.
        better: which way is better; empty where nobody has said.
        unit: share (a fraction, shown as a percentage), cost, dB, correlation (R² too), bits, seconds (shown as
            milliseconds), or none.
        group: the heading it stands under.
        beside: names of the scores that show what its value is worth: ceiling, real speech, resynthesis.
    """

    name: str
    title: str
    description: str = ""
    better: Better = ""
    unit: Unit = ""
    group: str = OTHER
    beside: tuple[str, ...] = ()
