"""The Pictures room: a generator, ways of its code space, and InfoGAN's codes beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn

from disentangle.demo.events import Progress
from disentangle.image import data, space
from disentangle.image.directions import principals
from disentangle.image.model import ImageModel
from disentangle.image.pictures import Bytes, Pictures, from_bytes, to_bytes
from disentangle.image.properties import PROPERTIES, having
from disentangle.latent.attributes import Direction, mean_difference
from disentangle.latent.completion import complete
from disentangle.latent.descent import Descent
from disentangle.latent.detail import carry
from disentangle.latent.editing import edit, looks
from disentangle.latent.inversion import invert

EXAMPLES, READ, PRINCIPAL = 10, 5000, 2  # pictures to pick, labelled pictures that are read, ways without a label
RESTARTS, SCOUT, STEPS = 8, 60, 200  # of a search
REALISM = 3e-3  # weight of the critic's disbelief in what fills a hole


@dataclass(frozen=True)
class Found:
    """A visitor's picture and its code.

    Args:
        x: the picture (1, channels, size, size).
        z: its code (1, dims).
        image: what the generator makes of it, as x.
        error: mean squared error of that.
    """

    x: Tensor
    z: Tensor
    image: Tensor
    error: float


class Told(nn.Module):
    """A generator that tells how much of a search is done: one pass of it is one step.

    Args:
        generator: codes -> pictures.
        passes: of the whole search.
        progress: is told.
    """

    def __init__(self, generator: nn.Module, passes: int, progress: Progress) -> None:
        super().__init__()
        self.generator, self.passes, self.progress, self.done = generator, passes, progress, 0

    def forward(self, z: Tensor) -> Tensor:
        """Pictures of codes (n, dims)."""
        self.done += 1
        if self.done % 10 == 0:
            self.progress(min(1.0, self.done / self.passes))
        made: Tensor = self.generator(z)
        return made


class PictureRoom:
    """Everything that the page asks of a generator; nothing in it changes once it is open.

    Args:
        model: trained, with a generator.
        encoder: pictures -> its codes; None: codes are found by descent.
        pictures: examples and, where there is an encoder, what attributes and classes are learnt from; None: what the
            generator draws is both, and has no classes.
    """

    def __init__(self, model: ImageModel, encoder: nn.Module | None, pictures: Pictures | None) -> None:
        self.model, self.encoder, self.prior = model, encoder, space.prior(model)
        self.size, self.channels = model.config.data.size, model.config.data.channels
        shown = model.pictures(model.drawn(EXAMPLES)) if pictures is None else _of_each_class(pictures).x
        self.examples: Bytes = to_bytes(shown)
        self.dark = bool(self.examples.mean() < 128)  # bright strokes on a dark ground, as MNIST's
        self.ways: dict[str, Direction] = {}
        self.classes: dict[str, Direction] = {}
        if pictures is not None and encoder is not None:
            some = pictures.part(range(min(READ, len(pictures))))
            with torch.no_grad():
                self._learn(some, torch.cat([encoder(part) for part in torch.split(some.x, 250)]))
        elif pictures is None:
            codes = model.drawn(READ).cpu()
            self._learn(Pictures(model.pictures(codes), torch.zeros(READ, dtype=torch.long), ("",)), codes)
        self.ways |= {f"direction {k}": way for k, way in enumerate(principals(model, PRINCIPAL), 1)}

    def _learn(self, some: Pictures, codes: Tensor) -> None:
        names = [*PROPERTIES, *(name for name in some.classes if name)]
        sides = {name: having(name, some, some) for name in names}
        ways = {name: mean_difference(codes, has) for name, has in sides.items() if has.any() and not has.all()}
        self.ways = {name: way for name, way in ways.items() if name in PROPERTIES}
        self.classes = {name: way for name, way in ways.items() if name not in PROPERTIES}

    def read(self, picture: Bytes) -> Tensor:
        """Pixels (channels, size, size) as networks take them, (1, ...)."""
        return from_bytes(picture[None])

    def find(self, x: Tensor, progress: Progress) -> Found:
        """The code of a picture: descent from what the encoder reads, or from restarts where there is none."""
        assert self.model.generator is not None, "a system that draws"
        passes = STEPS if self.encoder is not None else STEPS + SCOUT
        found = invert(
            x,
            Told(self.model.generator, passes, progress),
            "descent" if self.encoder is None else "hybrid",
            prior=self.prior,
            encoder=self.encoder,
            restarts=RESTARTS,
            descent=Descent(STEPS, scout=SCOUT),
        )
        return Found(x, found.z, found.images, float(found.errors[0]))

    def moved(self, found: Found, strengths: Mapping[str, float]) -> Tensor:
        """The picture with more or less of attributes, by deviations of codes along each way, (1, ...)."""
        z, ways = found.z, self.ways | self.classes
        for name, strength in strengths.items():
            z = ways[name].moved(z, strength)
        return carry(found.x, found.image, self.model.pictures(z))

    def painted(self, found: Found, strokes: Image.Image, progress: Progress) -> Tensor:
        """The picture edited so that it looks as painted where it is painted, (1, ...)."""
        assert self.model.generator is not None, "a system that draws"
        colours, opaque = self._painted(strokes)
        edited = edit(
            found.z,
            Told(self.model.generator, STEPS, progress),
            [looks(colours, opaque), looks(found.image, ~opaque, 0.3)],
            descent=Descent(STEPS),
        )
        return carry(found.x, found.image, edited.images)

    def filled(self, found: Found, strokes: Image.Image, progress: Progress) -> Tensor:
        """The picture with what was painted over filled by what the generator makes of the rest, (1, ...).

        Raises:
            ValueError: all of it is painted over.
        """
        assert self.model.generator is not None, "a system that draws"
        _, opaque = self._painted(strokes)
        if bool(opaque.all()):
            raise ValueError("Nothing is left to go by. Leave some of the picture.")
        believes = space.has_critic(self.model)
        return complete(
            found.x,
            ~opaque,
            Told(self.model.generator, STEPS + SCOUT, progress),
            self.prior,
            realism=space.disbelief(self.model) if believes else None,
            realism_weight=REALISM,
            restarts=RESTARTS,
            descent=Descent(STEPS, scout=SCOUT),
        ).images

    def _painted(self, strokes: Image.Image) -> tuple[Tensor, Tensor]:
        """Colours (1, channels, size, size), and which pixels have any (size, size)."""
        import numpy as np

        mode = "L" if self.channels == 1 else "RGB"
        colours = np.asarray(strokes.convert(mode), np.uint8).reshape(self.size, self.size, -1)
        opaque = torch.from_numpy(np.asarray(strokes.getchannel("A"), np.uint8) > 127)
        if not bool(opaque.any()):
            raise ValueError("Nothing is painted yet. Paint on the canvas first.")
        return from_bytes(np.moveaxis(colours, 2, 0)[None]), opaque

    def drawn(self, strokes: Image.Image) -> Tensor:
        """A drawing as the examples are: its box in the middle four fifths, about its centre of mass, (1, ...)."""
        import numpy as np

        ink = strokes.getchannel("A")
        box = ink.crop(ink.getbbox())
        side = round(0.72 * self.size)
        scale = side / max(box.size)
        small = box.resize([max(1, round(scale * length)) for length in box.size], Image.Resampling.LANCZOS)
        pixels = np.asarray(small, np.float64)
        down, across = (
            float((pixels.sum(1 - axis) * np.arange(pixels.shape[axis])).sum() / max(pixels.sum(), 1))
            for axis in (0, 1)
        )
        sheet = Image.new("L", (self.size, self.size))
        sheet.paste(small, (round((self.size - 1) / 2 - across), round((self.size - 1) / 2 - down)))
        grey = np.asarray(sheet, np.uint8) if self.dark else 255 - np.asarray(sheet, np.uint8)
        return from_bytes(np.repeat(grey[None, None], self.channels, 1))


def _of_each_class(pictures: Pictures) -> Pictures:
    """A few pictures, of different classes as far as there are some."""
    seen: dict[int, list[int]] = {}
    for place, label in enumerate(pictures.y.tolist()):
        seen.setdefault(label, []).append(place)
    rounds = [places[k] for k in range(EXAMPLES) for _, places in sorted(seen.items()) if k < len(places)]
    return pictures.part(rounds[:EXAMPLES])


def opened(experiment: Path, encoder: Path | None = None, folder: Path | None = None) -> PictureRoom:
    """The room of a trained picture system.

    Args:
        experiment: its folder.
        encoder: experiment of an encoder for it; None: its own, if it has one.
        folder: pictures for examples and attributes; None: what the system was trained on, or its own drawings where
            that is not there.

    Raises:
        ValueError: no generator, an encoder of other codes, pictures that cannot be read.
    """
    from dataclasses import replace

    import disentangle

    model = space.drawing(disentangle.load_pictures(experiment))
    reads = space.encoder(model) if model.encoder is not None and encoder is None else None
    if encoder is not None:
        reads = space.encoder_for(model, disentangle.load_pictures(encoder), encoder)
    options = model.config.data
    if folder is not None:
        options = replace(options, folder=str(folder))
    there = options.kind == "shapes" or (options.folder and Path(options.folder).is_dir())
    pictures = data.training(options) if there else None
    return PictureRoom(model, reads, pictures)
