"""Edit pictures in the code space of a trained generator: attributes, colour strokes, patches; what is kept stays."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle.commands import _code_space

if TYPE_CHECKING:
    from torch import Tensor

    from disentangle.image.pictures import Pictures
    from disentangle.latent.attributes import Direction
    from disentangle.latent.editing import Constraint
    from disentangle.latent.inversion import Inversion

PRINCIPAL = "principal"
REACH = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)  # deviations of a strip
READ, SEARCHED = 5000, 300  # labelled pictures whose codes are read, or searched, for directions


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    _code_space.add_arguments(parser, 300)
    _code_space.add_method(parser)
    parser.add_argument(
        "--attribute",
        action="append",
        default=[],
        metavar="NAME=STRENGTH",
        help="more (+) or less (-) of a class of the labelled pictures, in deviations of codes; principal1, "
        "principal2, ... are directions found without labels; may be given again",
    )
    parser.add_argument("--labels", type=Path, metavar="DIR", help="labelled pictures (default: those of training)")
    parser.add_argument("--label", metavar="COLUMN", help="of labels.csv (default: the configuration's)")
    parser.add_argument(
        "--by",
        choices=("mean", "boundary"),
        default="mean",
        help="difference of means, or a linear classifier's normal",
    )
    parser.add_argument(
        "--apart-from", action="append", default=[], metavar="NAME", help="classes that attributes are to leave alone"
    )
    parser.add_argument("--principal", type=int, default=0, metavar="N", help="write strips along N directions instead")
    parser.add_argument("--strokes", type=Path, metavar="PNG", help="colours to be had, transparent elsewhere")
    parser.add_argument("--keep", type=Path, metavar="PNG", help="white where the pictures are to stay as they are")
    parser.add_argument("--closeness", type=float, default=1e-3, help="weight of the distance from the first code")
    parser.add_argument("--realism", type=float, default=0.0, help="weight of the critic's disbelief (0)")
    parser.add_argument(
        "--carry",
        choices=("residual", "warp", "none"),
        default="residual",
        help="how the original's detail comes back: by the difference (default), by a dense warp, or not at all",
    )


def run(arguments: Namespace) -> None:
    """Writes the edited pictures and codes.npz (names, z, z0), and prints what the edit cost before and after."""
    job = _code_space.opened(arguments)
    strengths = _strengths(arguments)
    directions = _directions(arguments, job, list(strengths))
    if arguments.principal:
        _strips(arguments, job)
    else:
        _edit(arguments, job, [(directions[name], strength) for name, strength in strengths.items()])


def _edit(arguments: Namespace, job: _code_space.Job, wanted: "list[tuple[Direction, float]]") -> None:
    from disentangle.image import space
    from disentangle.latent.descent import Descent
    from disentangle.latent.detail import carry
    from disentangle.latent.editing import edit, more_of
    from disentangle.progress import progress

    model = job.model
    assert model.generator is not None, "a system that draws"
    kept = _code_space.mask(arguments.keep, job) if arguments.keep else None
    looked = _looks(arguments, job, kept)
    begun = _code_space.found(arguments, job)
    found = edit(
        begun.z,
        model.generator,
        [*looked(begun), *(more_of(direction, strength, begun.z) for direction, strength in wanted)],
        closeness=arguments.closeness,
        realism=space.disbelief(model) if arguments.realism else None,
        realism_weight=arguments.realism,
        descent=Descent(arguments.steps, arguments.rate),
        told=partial(progress, title="edit"),
    )
    way = arguments.carry
    made = found.images if way == "none" else carry(job.x, begun.images, found.images, way, kept)
    written = _code_space.write(arguments, job, made, found.path)
    codes = _code_space.keep(arguments.out / "codes.npz", job, z=found.z, z0=begun.z)
    told = {"to do before": found.left_before.tolist(), "after": found.left.tolist()}
    _code_space.tell(arguments, job, told, [*written, codes])


def _strengths(arguments: Namespace) -> dict[str, float]:
    found: dict[str, float] = {}
    for given in arguments.attribute:
        name, equals, number = given.rpartition("=")
        try:
            found[name] = float(number)
        except ValueError:
            equals = ""
        if not (equals and name):
            raise ValueError(f"no NAME=STRENGTH, --attribute {given}. Write glasses=+1.5, say.")
    return found


def _directions(arguments: Namespace, job: _code_space.Job, names: list[str]) -> "dict[str, Direction]":
    """Of the names: of classes, or principal ones."""
    from disentangle.image.directions import of_class, principals

    found, by_label = {}, []
    for name in names:
        number = name.removeprefix(PRINCIPAL)
        if name.startswith(PRINCIPAL) and number.isdigit() and int(number):
            found[name] = principals(job.model, int(number))[-1]
        else:
            by_label.append(name)
    if by_label or arguments.apart_from:
        pictures = _labelled(arguments, job)
        codes = _codes(arguments, job, pictures)
        others = [of_class(pictures, codes, name, arguments.by) for name in arguments.apart_from]
        found |= {name: of_class(pictures, codes, name, arguments.by, others) for name in by_label}
    return found


def _labelled(arguments: Namespace, job: _code_space.Job) -> "Pictures":
    """Labelled pictures, as many as are of use, of all classes alike."""
    from dataclasses import replace

    from disentangle.image import data

    options = job.model.config.data
    if arguments.labels:
        options = replace(options, folder=str(arguments.labels), kind="folder", classes=data.ANY, held_out=0)
    if arguments.label:
        options = data.by_column(options, arguments.label)
    pictures = data.training(options)
    most = READ if arguments.encoder or job.model.encoder else SEARCHED
    return pictures.part(range(min(most, len(pictures))))


def _codes(arguments: Namespace, job: _code_space.Job, pictures: "Pictures") -> "Tensor":
    """Read where there is an encoder, else found by a short descent."""
    reads = arguments.encoder or job.model.encoder
    how = Namespace(**vars(arguments) | {"method": "encoder" if reads else "descent", "restarts": 2})
    return _code_space.found(how, job, pictures.x).z


def _looks(
    arguments: Namespace, job: _code_space.Job, kept: "Tensor | None"
) -> "Callable[[Inversion], list[Constraint]]":
    """What the pictures are to look like, once their codes are found."""
    from disentangle.image.folder import read_marked
    from disentangle.image.pictures import from_bytes
    from disentangle.latent.editing import looks

    data, asked = job.model.config.data, []
    if arguments.strokes:
        _code_space.of_their_size(arguments.strokes, job)
        colours, opaque = read_marked(arguments.strokes, data.size, data.channels)
        asked.append(looks(from_bytes(colours[None]), from_bytes(opaque[None, None])[0, 0] > 0))

    def of(begun: "Inversion") -> "list[Constraint]":
        return asked if kept is None else [*asked, looks(begun.images, kept)]

    return of


def _strips(arguments: Namespace, job: _code_space.Job) -> None:
    """Each picture moved along each principal direction, a strip of it for each."""
    import torch

    from disentangle.image.directions import principals
    from disentangle.image.grids import sheet

    directions = principals(job.model, arguments.principal)
    begun = _code_space.found(arguments, job)
    arguments.out.mkdir(parents=True, exist_ok=True)
    written = []
    for number, direction in enumerate(directions, 1):
        moved = torch.cat([direction.moved(begun.z, strength) for strength in REACH])
        made = job.model.pictures(moved)
        rows = made.view(len(REACH), -1, *made.shape[1:]).transpose(0, 1)
        written.append(arguments.out / f"{PRINCIPAL}{number}.png")
        sheet(rows).save(written[-1])
    _code_space.tell(arguments, job, {"error": begun.errors.tolist()}, written)
