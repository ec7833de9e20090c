"""What each picture system is measured by, and the measuring."""

from collections.abc import Sequence

from disentangle.image.options import DOMAINS, INFOGANS, UNTRAINED
from disentangle.nearest import did_you_mean
from disentangle.progress import progress
from disentangle.scoring.image import codes, labels, pictures
from disentangle.scoring.image.subject import Family, Subject
from disentangle.scoring.run import Found
from disentangle.scoring.tasks import LeftOut

FAMILIES: dict[str, tuple[Family, tuple[str, ...]]] = {  # name -> how, of which systems
    "clusters": (codes.clusters, INFOGANS),
    "information": (codes.mutual_information, INFOGANS),
    "drawn": (
        pictures.drawn,
        ("gan", *INFOGANS, "ae", "vae", "vaegan", "vaegan_three_class", "bigan", "latent_regressor", "triplegan"),
    ),
    "reconstructed": (
        pictures.reconstructed,
        ("ae", "vae", "vaegan", "vaegan_three_class", "bigan", "ae_l1", "ae_l2", "latent_regressor"),
    ),
    "told_apart": (pictures.told_apart, ("vaegan_three_class",)),
    "neighbours": (labels.neighbours, ("bigan", "ae_l1", "ae_l2", "latent_regressor", *UNTRAINED)),
    "error": (labels.error, ("triplegan", "labels_only", "consistency_only", "classifier")),
    "domains": (labels.domains, DOMAINS),
}
UNLABELLED = ("drawn", "information", "told_apart")  # families that ask for no classes
ENCODING = (*INFOGANS, "ae", "vae", "vaegan", "vaegan_three_class", "bigan", "ae_l1", "ae_l2", "latent_regressor")


def families(subject: Subject) -> dict[str, Family]:
    """How the subject is measured; shapes, whose factors are known, by these in place of classes."""
    system = subject.config.system
    asked = {name: family for name, (family, systems) in FAMILIES.items() if system in systems}
    if subject.config.data.kind != "shapes":
        return asked
    known = {"factors": codes.factors} if system in ENCODING else {}
    return {name: family for name, family in asked.items() if name in UNLABELLED} | known


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
