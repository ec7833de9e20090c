"""The scores of an adapted experiment that no other one has."""

from disentangle.report.entries import CLASSES, Entry

ADAPTED = (
    *(
        Entry(
            f"target_{error}",
            f"{what} error rate in the target domain",
            f"{what}s that a recogniser which learned from the source's transcripts gets wrong in the target domain.",
            "lower",
            "share",
            CLASSES,
            (f"unadapted_target_{error}", f"informed_target_{error}"),
        )
        for error, what in (("cer", "Letter"), ("wer", "Word"))
    ),
    Entry(
        "gap_closed",
        "Share of the gap that adaptation closed",
        "How far recognition came from before adaptation (0) to that with the target's own labels (1).",
        "higher",
        "share",
        CLASSES,
    ),
    Entry(
        "domain_accuracy_sequence",
        "Domain recognised from content",
        "How often a fresh recurrent network over all frames names the domain of an utterance from content.",
        "lower",
        "share",
        CLASSES,
        ("unadapted_domain_accuracy_sequence",),
    ),
)
