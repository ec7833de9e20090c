"""What each picture system is measured by, and the measuring."""

from collections.abc import Sequence

from disentangle.image.builders import system
from disentangle.nearest import did_you_mean
from disentangle.progress import progress
from disentangle.scoring.image import codes, editing, labels, latent, pictures
from disentangle.scoring.image.subject import Family, Subject
from disentangle.scoring.run import Found
from disentangle.scoring.tasks import LeftOut

FAMILIES: dict[str, Family] = {
    "clusters": codes.clusters,
    "information": codes.mutual_information,
    "effects": codes.effects,
    "factors": codes.factors,
    "drawn": pictures.drawn,
    "reconstructed": pictures.reconstructed,
    "told_apart": pictures.told_apart,
    "neighbours": labels.neighbours,
    "error": labels.error,
    "domains": labels.domains,
    "inverted": latent.inverted,
    "completed": latent.completed,
    "attributes": editing.attributes,
    "edited": editing.edited,
}
UNLABELLED = ("drawn", "information", "effects", "told_apart", "inverted")  # families that ask for no classes


def families(subject: Subject) -> dict[str, Family]:
    """How the subject is measured; shapes, whose factors are known, by these in place of classes."""
    names = system(subject.config).scores
    if subject.config.data.kind == "shapes":
        known = ("factors",) if subject.model.encodes else ()
        names = (*(name for name in names if name in UNLABELLED), *known)
    return {name: FAMILIES[name] for name in names}


def score(subject: Subject, only: Sequence[str] = ()) -> Found:
    """Measure a picture system.

    Args:
        subject: what is measured.
        only: names of families; empty: all that it has.

    Raises:
        ValueError: no such family, pictures that cannot be read.
    """
    there = families(subject)
    for name in only:
        if name not in there:
            raise ValueError(f"no family of scores '{name}', --only. {did_you_mean(name, there)}")
    chosen = [family for name, family in there.items() if not only or name in only]
    found = Found()
    with progress(len(chosen), "measure", "family") as bar:
        for family in chosen:
            for item in family(subject):
                if isinstance(item, LeftOut):
                    found.left_out.append(item)
                else:
                    found.scores[item[0]] = item[1]
            bar.advance()
    return found
