"""Which trained systems a page shows: those that are named, sorted by what they are, or those of the package."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from disentangle import config, released, trainees


@dataclass(frozen=True)
class Shown:
    """Experiments by their part on the page; None where there is none.

    Args:
        speech, pictures, infogan: of a room each.
        vocoder: of the speech.
        encoder: of the pictures.
    """

    speech: Path | None = None
    pictures: Path | None = None
    infogan: Path | None = None
    vocoder: Path | None = None
    encoder: Path | None = None


def packaged() -> tuple[Path, ...]:
    """The systems that come with the package.

    Raises:
        ValueError: none do.
    """
    found = tuple(released.find(name) for name in released.names())
    if not found:
        raise ValueError(
            "no experiment to show, and none in the package. Name trained ones: disentangle demo EXP [EXP ...]."
        )
    return found


def sorted_out(experiments: Sequence[Path]) -> Shown:
    """What each experiment is: speech, a vocoder, an InfoGAN, an encoder of another's codes, or pictures.

    An InfoGAN alone is what pictures are found in, too.

    Raises:
        ValueError: no experiment, or two for one part.
    """
    parts: dict[str, Path] = {}
    for experiment in experiments:
        part = _part(experiment)
        if part in parts:
            raise ValueError(f"two for {part}, {parts[part]} and {experiment}. Name one of them.")
        parts[part] = experiment
    if "infogan" in parts:
        parts.setdefault("pictures", parts["infogan"])
    if "vocoder" in parts and "speech" not in parts:
        raise ValueError(f"a vocoder without speech, {parts['vocoder']}. Name a speech model beside it.")
    if "encoder" in parts and "pictures" not in parts:
        raise ValueError(f"an encoder without a generator, {parts['encoder']}. Name the generator beside it.")
    return Shown(**parts)


def _part(experiment: Path) -> str:
    at = experiment / "model" if (experiment / "model").is_dir() else experiment
    if not (at / "model.safetensors").is_file():
        raise ValueError(f"no trained model, {experiment}. {released.remedy(experiment)}")
    if (kind := trainees.kind(experiment)) != "pictures":
        return kind
    from disentangle.image.options import ImageConfig

    system = config.read(at / "config.yaml", ImageConfig).system
    return {"infogan": "infogan", "inversion_encoder": "encoder"}.get(system, "pictures")
