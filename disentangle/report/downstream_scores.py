"""The scores of what content and speaker vector are good for: recognition of others' speech, verification by PLDA."""

from collections.abc import Iterator

from disentangle.report.entries import CONTENT, SPEAKER, Better, Entry

SHARES = {5: "5 % of the labels", 20: "20 % of the labels", 100: "all labels"}
WHOM = {
    "seen": ("speakers it learned from", "by speakers whose other speech it learned from"),
    "unseen": ("other speakers", "by speakers whom it learned nothing from"),
}


def _recognised(measure: str, better: Better, what: str) -> Iterator[Entry]:
    for share, words in SHARES.items():
        for whom, (title, by) in WHOM.items():
            yield _entry(
                f"{whom}_{measure}_{share}",
                f"{what} of content, {title}, {words}",
                f"{what} of a recogniser that learned frozen content from {words}, of what is said {by}.",
                better,
            )
        yield _entry(
            f"{measure}_gap_{share}",
            f"{what}, what other speakers cost, {words}",
            f"How much worse that is for other speakers, {words}.",
            "lower",
        )


def _entry(rest: str, title: str, description: str, better: Better) -> Entry:
    beside = (f"mel_{rest}", f"normed_{rest}")
    return Entry(f"content_{rest}", title, description, better, "share", CONTENT, beside)


DOWNSTREAM = (
    *_recognised("accuracy", "higher", "Label accuracy"),
    *_recognised("cer", "lower", "Letter error rate"),
    Entry(
        "speaker_eer_plda",
        "Verification by PLDA",
        "The equal error rate where vectors are compared by PLDA that learned from training speakers.",
        "lower",
        "share",
        SPEAKER,
        ("ecapa_speaker_eer", "ecapa_speaker_eer_asnorm", "ecapa_speaker_eer_plda"),
    ),
)
