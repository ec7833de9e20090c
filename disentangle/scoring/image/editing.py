"""Edits in code space: an attribute given to pictures that lack it, patches painted into pictures."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from disentangle.evaluation.attributes import attribute_changed
from disentangle.evaluation.score import Score
from disentangle.image import data, inherited, properties, space
from disentangle.image.options import LatentOptions
from disentangle.image.pictures import Pictures
from disentangle.latent.attributes import mean_difference
from disentangle.latent.descent import Descent
from disentangle.latent.detail import carry
from disentangle.latent.editing import edit, looks
from disentangle.progress import progress
from disentangle.scoring.image.latent import encoder, inversion, show
from disentangle.scoring.image.subject import NO_JUDGE, Found, Subject, kept
from disentangle.scoring.tasks import LeftOut

LEARNT = 10_000  # training pictures that directions and the attribute's judge are found by
PATCH = 4  # a patch is so small a part of a side


def attributes(subject: Subject) -> Iterator[Found]:
    """Pictures without an attribute moved along its direction: do they have it now, and are they still what they were?

    One judge learnt the attribute from training pictures, another one their classes; neither saw the generator.
    """
    latent, source = subject.config.latent, inherited.source(subject.model)
    train, test = _marked(subject)
    train = train.part(range(min(LEARNT, len(train))))
    has, there = (properties.having(latent.attribute, part, train) for part in (train, test))
    reader = encoder(subject, source)
    direction = mean_difference(inversion(source, train.x, _quick(latent, reader), reader, subject.seed).z, has)
    lacking = subject.test.part((~there).nonzero().flatten())
    begun = inversion(source, lacking.x, latent, reader, subject.seed)
    made = source.pictures(direction.moved(begun.z, latent.strength))
    if latent.carry != "none":
        made = carry(lacking.x, begun.images, made, latent.carry)
    flat = [part.flatten(1).numpy() for part in (train.x, subject.test.x, made)]
    found = attribute_changed(flat[0], has.numpy(), flat[1], there.numpy(), flat[2], subject.seed)
    yield "attribute_changed", found.changed
    yield "original_attribute", found.before
    yield "attribute_judge_accuracy", found.judge
    caption = f"Of three rows each pictures, how the generator has them, and the same more {latent.attribute}."
    show(subject, "attribute", "An attribute", caption, lacking.x, begun.images, made)
    if subject.judge is None:
        yield LeftOut(("attribute_identity_kept",), NO_JUDGE)
        return
    yield "attribute_identity_kept", kept(subject.judge, made, lacking.y, subject.seed)
    yield "original_accuracy", kept(subject.judge, lacking.x, lacking.y, subject.seed)


def _marked(subject: Subject) -> tuple[Pictures, Pictures]:
    """Training and test pictures whose classes are those of the attribute's own column."""
    options = subject.config.data
    if not subject.config.latent.label:
        return subject.train, subject.test
    options = data.by_column(options, subject.config.latent.label)
    return data.training(options), data.scored(options)


def _quick(latent: LatentOptions, reader: nn.Module | None) -> LatentOptions:
    """How the codes of many pictures are found: read where that can be."""
    return latent if reader is None else replace(latent, method="encoder")


def edited(subject: Subject) -> Iterator[Found]:
    """A square of another picture is asked for in each, and that the rest be kept: how much of both is had.

    The rest's error is a share of what it is for plain inversion: of the pictures that come back, with the original's
    detail, and of what the generator drew by itself.
    """
    latent, source, x = subject.config.latent, inherited.source(subject.model), subject.test.x
    assert source.generator is not None, "a system that draws"
    where, wanted = _squares(len(x), x.shape[-1], subject.seed), x.roll(1, 0)
    begun = inversion(source, x, latent, encoder(subject, source), subject.seed)
    found = edit(
        begun.z,
        source.generator,
        [looks(wanted, where), looks(begun.images, 1 - where, latent.keep)],
        closeness=latent.closeness,
        realism=space.disbelief(source) if latent.realism else None,
        realism_weight=latent.realism,
        descent=Descent(latent.steps, latent.rate, tolerance=0),
        told=partial(progress, title="edit"),
    )
    made = carry(x, begun.images, found.images, kept=1 - where)
    before, after = (_error(some, wanted, where) for some in (x, made))
    plain, rest, drawn = (_error(some, x, 1 - where) for some in (begun.images, made, found.images))
    yield "edit_satisfied", Score(float(1 - after.sum() / before.sum()), None, len(x))
    yield "edit_untouched_ratio", Score(float(rest.sum() / plain.sum()), None, len(x))
    yield "edit_drawn_ratio", Score(float(drawn.sum() / plain.sum()), None, len(x))
    caption = "Of three rows each pictures, the same with a square of another one pasted, and how they were edited."
    show(subject, "edited", "Edited", caption, x, torch.where(where > 0, wanted, x), made)


def _squares(count: int, size: int, seed: int) -> Tensor:
    """A square in the middle half of each picture, (count, 1, size, size) of 0 and 1."""
    rng, side = np.random.default_rng([seed, count]), size // PATCH
    where = torch.zeros(count, 1, size, size)
    for mask, (top, left) in zip(where, rng.integers(size // 4, size - size // 4 - side + 1, (count, 2)), strict=True):
        mask[:, top : top + side, left : left + side] = 1
    return where


def _error(made: Tensor, wanted: Tensor, where: Tensor) -> Tensor:
    """Squared error there, (n,)."""
    return (where * (made - wanted).square()).flatten(1).sum(1)
