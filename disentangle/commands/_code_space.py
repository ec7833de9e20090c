"""What the commands of code space share: pictures read, codes found for them, pictures and ways written."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle import released

if TYPE_CHECKING:
    from PIL import Image
    from torch import Tensor, nn

    from disentangle.image.model import ImageModel
    from disentangle.latent.inversion import Inversion


@dataclass(frozen=True)
class Job:
    """A trained system and pictures, as its networks take them: (n, channels, size, size) in [-1, 1]."""

    model: "ImageModel"
    files: tuple[Path, ...]
    x: "Tensor"

    @property
    def names(self) -> tuple[str, ...]:
        """Of the files to be written, without a suffix."""
        return tuple(file.stem for file in self.files)


def add_arguments(parser: ArgumentParser, steps: int) -> None:
    """Declares what all of them take."""
    parser.add_argument(
        "experiment", type=released.find, metavar="EXP", help="a trained system that draws pictures: folder or name"
    )
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="pictures, or folders of them")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for what is made")
    parser.add_argument("--restarts", type=int, default=8, help="codes that a picture's search starts from (8)")
    parser.add_argument("--steps", type=int, default=steps, help=f"steps of a search, at most ({steps})")
    parser.add_argument("--rate", type=float, default=0.1, help="of the search at its first step (0.1)")
    parser.add_argument("--seed", type=int, default=0, help="of all chance (0)")
    parser.add_argument("--strip", action="store_true", help="write the way there as NAME-strip.png too")
    parser.add_argument("--gif", action="store_true", help="write the way there as NAME.gif too")
    parser.add_argument("--json", action="store_true", help="print the table as JSON")


def add_method(parser: ArgumentParser) -> None:
    """Declares how codes are found."""
    parser.add_argument(
        "--method",
        choices=("descent", "encoder", "hybrid"),
        help="search from restarts, read the code, or search from what is read (default: hybrid, or descent where "
        "there is no encoder)",
    )
    parser.add_argument(
        "--encoder", type=released.find, metavar="EXP2", help="an inversion_encoder of EXP, not EXP's own"
    )
    parser.add_argument("--features", type=float, default=0.0, help="weight of the error in the critic's features (0)")
    parser.add_argument("--prior", type=float, default=0.0, help="weight of the code's energy under the prior (0)")


def opened(arguments: Namespace) -> Job:
    """The system and the pictures.

    Raises:
        ValueError: a system without a generator, no pictures, some that cannot be read, two with the same name.
    """
    import numpy as np

    import disentangle
    from disentangle.image.folder import pictures_in, read_picture, size_of
    from disentangle.image.pictures import from_bytes
    from disentangle.image.space import drawing

    model = drawing(disentangle.load_pictures(arguments.experiment))
    data = model.config.data
    files = [file for path in arguments.images for file in (pictures_in(path) if path.is_dir() else [path])]
    if not files:
        raise ValueError(f"no pictures in {arguments.images[0]}. Name files, or a folder that holds some.")
    named: dict[str, Path] = {}
    for file in files:
        if not file.is_file():
            raise ValueError(f"no file {file}. Name a picture.")
        if (other := named.setdefault(file.stem, file)) != file:
            raise ValueError(f"{other} and {file} would be written to one file. Rename one, or run twice.")
    sizes = [size_of(file) for file in files]
    if changed := [file for file, size in zip(files, sizes, strict=True) if size != (data.size, data.size)]:
        print(
            f"note: cropped and resized to {data.size} x {data.size}: {len(changed)} of {len(files)}", file=sys.stderr
        )
    pixels = np.stack([read_picture(file, data.size, data.channels) for file in files])
    return Job(model, tuple(files), from_bytes(pixels))


def found(arguments: Namespace, job: Job, x: "Tensor | None" = None) -> "Inversion":
    """Codes of the job's pictures, or of others.

    Raises:
        ValueError: an encoder is asked for and there is none, or it is of other codes.
    """
    from disentangle.image import space
    from disentangle.latent.descent import Descent
    from disentangle.latent.inversion import Fit, Method, invert
    from disentangle.progress import progress

    model, x = job.model, job.x if x is None else x
    method: Method = arguments.method or ("hybrid" if arguments.encoder or model.encoder else "descent")
    assert model.generator is not None, "a system that draws"
    return invert(
        x,
        model.generator,
        method,
        prior=space.prior(model),
        encoder=None if method == "descent" else _encoder(arguments, model),
        restarts=arguments.restarts,
        seed=arguments.seed,
        fit=Fit(space.features(model) if arguments.features else None, arguments.features, arguments.prior),
        descent=Descent(arguments.steps, arguments.rate),
        told=partial(progress, title="find codes"),
    )


def _encoder(arguments: Namespace, model: "ImageModel") -> "nn.Module":
    import disentangle
    from disentangle.image import space

    if arguments.encoder is None:
        return space.encoder(model)
    return space.encoder_for(model, disentangle.load_pictures(arguments.encoder), arguments.encoder)


def write(arguments: Namespace, job: Job, made: "Tensor", path: "Tensor") -> list[Path]:
    """Write pictures (n, ...), and if asked their ways by codes (frames, n, dims), original first.

    Raises:
        OSError: the folder cannot be written.
    """
    arguments.out.mkdir(parents=True, exist_ok=True)
    written = [arguments.out / f"{name}.png" for name in job.names]
    for file, picture in zip(written, made, strict=True):
        _image(picture[None, None]).save(file)
    if arguments.strip or arguments.gif:
        for place, name in enumerate(job.names):
            frames = [job.x[place], *job.model.pictures(path[:, place]), made[place]]
            written += _way(arguments, name, frames)
    return written


def _way(arguments: Namespace, name: str, frames: Sequence["Tensor"]) -> Iterator[Path]:
    import torch

    if arguments.strip:
        file = arguments.out / f"{name}-strip.png"
        _image(torch.stack(list(frames))[None]).save(file)
        yield file
    if arguments.gif:
        file = arguments.out / f"{name}.gif"
        first, *rest = (_image(frame[None, None]) for frame in frames)
        first.save(file, save_all=True, append_images=rest, duration=150, loop=0)
        yield file


def _image(pictures: "Tensor") -> "Image.Image":
    from disentangle.image.grids import sheet

    return sheet(pictures, enlarged=1)


def keep(file: Path, job: Job, **codes: "Tensor") -> Path:
    """Write codes (n, ...) under their names, with those of the pictures."""
    import numpy as np

    arrays = {"names": np.array(job.names)} | {name: values.cpu().numpy() for name, values in codes.items()}
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file


def mask(file: Path, job: Job) -> "Tensor":
    """A picture that is white in some parts, cropped and resized as the job's pictures were: (size, size) of 0 and 1.

    Raises:
        ValueError: it cannot be read, is of another size than the pictures, or white nowhere.
    """
    from disentangle.image.folder import read_picture
    from disentangle.image.pictures import from_bytes

    of_their_size(file, job)
    white = from_bytes(read_picture(file, job.model.config.data.size, 1)[None])[0, 0] > 0
    if not bool(white.any()):
        raise ValueError(f"no white in {file}. Paint what is meant white.")
    return white.float()


def of_their_size(file: Path, job: Job) -> None:
    """See that a mask, or strokes, fit the pictures.

    Raises:
        ValueError: it cannot be read, or is of another size.
    """
    from disentangle.image.folder import size_of

    if not file.is_file():
        raise ValueError(f"no file {file}. Name a picture.")
    side = job.model.config.data.size
    width, height = size_of(file)
    for other in job.files:
        if (width, height) not in {(side, side), (there := size_of(other))}:
            of_picture = f"{other} is {there[0]} x {there[1]}"
            raise ValueError(f"{file} is {width} x {height}, but {of_picture}. Give it the size of the pictures.")


def tell(arguments: Namespace, job: Job, columns: Mapping[str, Sequence[float]], written: Sequence[Path]) -> None:
    """Print a line for each picture, or JSON, and where things lie."""
    if arguments.json:
        named = {str(file): {name: values[at] for name, values in columns.items()} for at, file in enumerate(job.files)}
        print(json.dumps({"pictures": named, "files": [str(file) for file in written]}, indent=1))
        return
    from disentangle.report.table import console, table

    rows = table("picture", *columns)
    for place, name in enumerate(job.names):
        rows.add_row(name, *(f"{values[place]:.4f}" for values in columns.values()))
    console().print(rows)
    print(f"{arguments.out}: {len(written)} files")
