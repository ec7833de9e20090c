"""What a trained system makes, as pictures to look at: samples, reconstructions, traversals, ways between two codes.

Each is a PNG in the folder ``pictures`` of the experiment, listed with its caption in ``pictures.json`` there.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from disentangle.adversarial.priors import Categorical, Joint
from disentangle.image import data
from disentangle.image.model import ImageModel, load
from disentangle.image.options import ImageConfig
from disentangle.image.pictures import to_bytes

FOLDER, LIST = "pictures", "pictures.json"
ACROSS, STEPS, WAYS, AXES = 10, 9, 4, 3
REACH = 2.0  # of a traversal, to both sides
GAP = 2  # pixels between pictures
ENLARGED = 2


@dataclass(frozen=True)
class Grid:
    """A sheet of pictures.

    Args:
        name: of the file, without its suffix.
        title: a few words.
        caption: what its rows and columns are.
    """

    name: str
    title: str
    caption: str


Sheet = tuple[Grid, Tensor]  # pictures (rows, columns, channels, height, width)


def draw(experiment: Path) -> Path | None:
    """Write the grids of an experiment; the list of them, or None where the system has nothing to show.

    Raises:
        ValueError: no trained model.
    """
    model = load(experiment)
    unseen = _unseen(model.config) if model.generator is not None and model.encoder is not None else torch.empty(0)
    found = [*made(model), *reconstructed(model, unseen)]
    return write(experiment, found) if found else None


def write(experiment: Path, sheets: Sequence[Sheet]) -> Path:
    """Write sheets of an experiment in place of those that are there; the list of them."""
    folder = experiment / FOLDER
    folder.mkdir(exist_ok=True)
    for grid, pictures in sheets:
        sheet(pictures).save(folder / f"{grid.name}.png")
    (folder / LIST).write_text(json.dumps([asdict(grid) for grid, _ in sheets], indent=1) + "\n", "utf-8")
    return folder / LIST


def made(model: ImageModel) -> Iterator[Sheet]:
    """Samples, traversals and ways, of systems with a generator."""
    if model.generator is None:
        return
    codes = model.drawn(ACROSS * ACROSS, seed=1)
    if model.config.system == "triplegan":
        yield from _of_labels(model, codes)
    else:
        yield Grid("samples", "Samples", "Codes drawn from the prior."), _sheet(model, codes, ACROSS)
        yield from _traversals(model, codes[:ACROSS])
    caption = "Each row goes from one code to another by equal steps."
    yield Grid("ways", "Between two codes", caption), _ways(model, codes)


def _of_labels(model: ImageModel, codes: Tensor) -> Iterator[Sheet]:
    """One row a label, one noise a column."""
    classes = model.config.data.classes
    noise = codes[:ACROSS, : codes.shape[1] - classes]
    rows = [torch.cat([noise, torch.eye(classes)[k].expand(len(noise), -1)], 1) for k in range(classes)]
    caption = "Each row is asked for one label; a column shares its noise."
    yield Grid("samples", "Samples by label", caption), _sheet(model, torch.cat(rows), ACROSS)


def _traversals(model: ImageModel, codes: Tensor) -> Iterator[Sheet]:
    """A sheet for each part of InfoGAN's code, or for the first axes of any other; one row a value of it."""
    for name, title, rows in _walks(model, codes):
        caption = f"Each row is one value of {title}; a column shares all the rest."
        yield Grid(name, title.capitalize(), caption), _sheet(model, torch.cat(rows), len(codes))


def _walks(model: ImageModel, codes: Tensor) -> Iterator[tuple[str, str, list[Tensor]]]:
    named: Any = getattr(model.game, "code", None)
    if not isinstance(named, Joint):
        for axis in range(min(AXES, codes.shape[1])):
            at = model.mean.cpu()[axis] + model.root.cpu()[axis].norm() * torch.linspace(-REACH, REACH, STEPS)
            yield f"axis{axis + 1}", f"axis {axis + 1} of the code", [_put(codes, axis, value[None]) for value in at]
        return
    place = codes.shape[1] - named.dims
    for number, part in enumerate(named.parts, 1):
        if isinstance(part, Categorical):
            title, values = f"code {number}, a category", torch.eye(part.dims)
        else:
            title = f"code {number}, a number from -2 to 2"
            values = torch.linspace(-REACH, REACH, STEPS)[:, None].expand(-1, part.dims)
        yield f"code{number}", title, [_put(codes, place, row) for row in values]
        place += part.dims


def _put(codes: Tensor, place: int, value: Tensor) -> Tensor:
    """Codes with these numbers at a place."""
    changed = codes.clone()
    changed[:, place : place + len(value)] = value
    return changed


def _ways(model: ImageModel, codes: Tensor) -> Tensor:
    """Rows of pictures (ways, steps, ...) on straight lines between codes."""
    share = torch.linspace(0, 1, STEPS)[None, :, None]
    starts, ends = codes[:WAYS, None], codes[WAYS : 2 * WAYS, None]
    return _sheet(model, torch.lerp(starts, ends, share).flatten(0, 1), STEPS)


def reconstructed(model: ImageModel, x: Tensor) -> Iterator[Sheet]:
    """Pictures, three rows of them, above what their codes give, of systems with an encoder and a generator."""
    if model.generator is None or model.encoder is None:
        return
    both = torch.stack([_rows(part, len(x) // 3) for part in (x, model.reconstructed(x))], 1).flatten(0, 1)
    caption = "In each pair of rows real pictures that were not trained on, and below them what their codes give."
    yield Grid("reconstructions", "Reconstructions", caption), both


def _unseen(config: ImageConfig) -> Tensor:
    """Three rows of pictures to score on."""
    x = data.scored(config.data).x
    across = max(1, min(ACROSS, len(x) // 3))
    return x[: 3 * across]


def _sheet(model: ImageModel, codes: Tensor, across: int) -> Tensor:
    return _rows(model.pictures(codes), across)


def _rows(pictures: Tensor, across: int) -> Tensor:
    """Pictures (n, ...) -> (rows, across, ...)."""
    return pictures.reshape(-1, across, *pictures.shape[1:])


def sheet(pictures: Tensor, enlarged: int = ENLARGED) -> Image.Image:
    """Pictures (rows, columns, channels, height, width) on one sheet, white between them."""
    rows, columns, colours, height, width = pictures.shape
    padded = _rows(torch.nn.functional.pad(pictures.flatten(0, 1), (0, GAP, 0, GAP), value=1.0), columns)
    joined = padded.permute(0, 3, 1, 4, 2).reshape(1, rows * (height + GAP), columns * (width + GAP), colours)
    pixels = to_bytes(joined[0, :-GAP, :-GAP])
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if colours == 1 else pixels))
    return image.resize((image.width * enlarged, image.height * enlarged), Image.Resampling.NEAREST)
