"""The pictures of a configuration: what is trained on, what is scored, and the batches in which games see them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from torch import Tensor

from disentangle.image.changes import Change
from disentangle.image.folder import read_folder
from disentangle.image.idx import DIGITS, FASHION, Part, read_mnist
from disentangle.image.mnist_m import read_mnist_m
from disentangle.image.options import ChangeOptions, DataOptions, ImageConfig
from disentangle.image.pictures import Pictures
from disentangle.image.shapes import Shapes, draw_factors, render
from disentangle.image.sources import Labelled, SemiSupervised, TwoDomains, Unlabelled, few_labels

Shown = Literal["unlabelled", "labelled", "target", "few_labels", "two_domains"]
"""Batches: pictures; with classes, of the other domain too; few with classes and many without; of two domains."""

SCORED = 1  # beside the seed, so that shapes that are scored are not those that are trained on
ANY = 10_000  # classes, more than any column of labels has


class Source(Protocol):
    """Batches as a pure function of step, draw and rank."""

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Any:
        """The batch that a rank draws in a step as its first (0), second (1), ..."""


@dataclass(frozen=True)
class Labels:
    """Pictures with all their classes, as games of few labels take them: of those without there are none."""

    source: Labelled

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures, classes, and no pictures."""
        x, y = self.source.batch(step, draw, rank, ranks)
        return x, y, x[:0]


@dataclass(frozen=True)
class Prepared:
    """The batches of a source, pictures changed at random and brought to where the game is.

    Args:
        source: of batches.
        change: of every picture.
        seed: of the changes, beside step, draw and rank.
        device: where the game is.
    """

    source: Source
    change: Change
    seed: int
    device: torch.device

    def batch(self, step: int, draw: int, rank: int, ranks: int) -> Any:
        """The batch, a tensor or a tuple of them."""
        found = self.source.batch(step, draw, rank, ranks)
        entropy = np.random.SeedSequence([self.seed, step, draw, rank]).generate_state(1, np.uint64)[0]
        generator = torch.Generator().manual_seed(int(entropy >> 1))
        parts = tuple(self._ready(part, generator) for part in (found if isinstance(found, tuple) else (found,)))
        return parts if isinstance(found, tuple) else parts[0]

    def _ready(self, part: Tensor, generator: torch.Generator) -> Tensor:
        if part.dim() < 4:
            return part.to(self.device)
        changed = self.change(part, generator) if self.change and len(part) else part
        return changed.to(self.device, memory_format=torch.channels_last)


def source(config: ImageConfig, shown: Shown, device: torch.device) -> Source:
    """The batches of a configuration's training pictures.

    Raises:
        ValueError: pictures that cannot be read or contradict the configuration, zero labels, one domain only.
    """
    return Prepared(_plain(config.data, shown, config.seed), Change(config.data.change), config.seed, device)


def _plain(data: DataOptions, shown: Shown, seed: int) -> Source:
    if shown == "unlabelled" and data.kind == "shapes":
        return Shapes(data.batch, seed, data.size)
    if shown == "target":
        return Labels(Labelled(target(data, "train"), data.batch, seed))
    if shown == "two_domains":
        there = target(data, "train")
        return TwoDomains(training(data), there, data.batch, seed)
    pictures = training(data)
    if shown == "few_labels":
        few = pictures.part(few_labels(pictures, data.labels, seed))
        return SemiSupervised(few, pictures, data.batch, data.unlabelled, seed)
    return (
        Labels(Labelled(pictures, data.batch, seed)) if shown == "labelled" else Unlabelled(pictures, data.batch, seed)
    )


def training(data: DataOptions) -> Pictures:
    """What may be trained on: the training part without what is held out; some shapes where these are made.

    Raises:
        ValueError: pictures that cannot be read or contradict the configuration, or nothing left.
    """
    pictures = _read(data, "train")
    if data.held_out >= len(pictures):
        raise ValueError(f"data.held_out is {data.held_out}, but there are {len(pictures)} pictures. Leave some.")
    return pictures.part(range(len(pictures) - data.held_out)) if data.held_out else pictures


def by_column(data: DataOptions, label: str) -> DataOptions:
    """The same pictures with the classes of another column of their labels.csv, however many these are."""
    return replace(data, label=label, classes=ANY)


def scored(data: DataOptions) -> Pictures:
    """What is scored: what is held out of training, else the test part."""
    return _scored(data, _read)


def target(data: DataOptions, part: Part) -> Pictures:
    """Pictures of the other domain; of "train" without what is held out, "test" is what is scored.

    Raises:
        ValueError: no other domain is named.
    """
    if part == "test":
        return _scored(data, _read_target)
    pictures = _read_target(data, "train")
    return pictures.part(range(len(pictures) - data.held_out)) if data.held_out else pictures


def _scored(data: DataOptions, read: Any) -> Pictures:
    if data.held_out:
        pictures: Pictures = read(data, "train")
        return pictures.part(range(max(0, len(pictures) - data.held_out), len(pictures)))
    if data.kind == "folder":
        raise ValueError("a folder of pictures has no test part. Hold some out by data.held_out=COUNT.")
    pictures = read(data, "test")
    return pictures.part(range(min(data.test, len(pictures))))


def factors(data: DataOptions, seed: int) -> tuple[Tensor, Tensor]:
    """Shapes to score: factors (test, 5) and pictures (test, 1, size, size), none of those of training."""
    drawn = draw_factors(data.test, (seed, SCORED))
    return drawn, render(drawn, data.size)


def _read(data: DataOptions, part: Part) -> Pictures:
    if data.kind == "shapes":
        drawn, x = factors(data, 0 if part == "test" else 2)
        return _checked(Pictures(x, drawn[:, 0], ("square", "ellipse", "heart")), data)
    if not data.folder:
        raise ValueError("no pictures to train on. Name their folder by --data FOLDER.")
    if data.kind == "folder":
        pictures = _shuffled(read_folder(Path(data.folder), data.size, data.channels, data.label))
    else:
        pictures = read_mnist(Path(data.folder), part, FASHION if data.kind == "fashion_mnist" else DIGITS)
    return _checked(pictures, data)


def _shuffled(pictures: Pictures) -> Pictures:
    """In an order of chance that is always the same, so that the last ones are of all classes."""
    return pictures.part(torch.from_numpy(np.random.default_rng(0).permutation(len(pictures))))


def _read_target(data: DataOptions, part: Part) -> Pictures:
    if data.target:
        if Path(data.target).resolve() == Path(data.folder).resolve():
            raise ValueError(f"one domain only: data.target is data.folder, {data.folder}. Name another folder.")
        return _read(replace(data, folder=data.target, change=ChangeOptions()), part)
    if not data.photos:
        remedy = "Name BSDS500's folder by data.photos=FOLDER, or one of pictures by data.target=FOLDER"
        raise ValueError(f"one domain only: no pictures of the target domain, {data.folder}. {remedy}.")
    return _checked(read_mnist_m(Path(data.folder), Path(data.photos), part), data)


def _checked(pictures: Pictures, data: DataOptions) -> Pictures:
    """Pictures of the size, channels and classes that the networks are built for."""
    if data.channels == 3:
        pictures = pictures.coloured()
    _, colours, height, width = pictures.x.shape
    if (height, width, colours) != (data.size, data.size, data.channels):
        found = f"pictures of {width} x {height} with {colours} channels, {data.folder}"
        raise ValueError(f"{found}. Set data.size and data.channels, which are {data.size} and {data.channels}.")
    if len(pictures) and int(pictures.y.max()) >= data.classes:
        raise ValueError(f"{len(pictures.classes)} classes, {data.folder}. Set data.classes, which is {data.classes}.")
    return pictures
