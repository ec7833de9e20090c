"""Fill holes of pictures with what a trained generator makes of the rest."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from disentangle.commands import _code_space

if TYPE_CHECKING:
    from torch import Tensor

HOLES = ("centre", "random")
REALISM = 3e-3


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    _code_space.add_arguments(parser, 500)
    parser.add_argument(
        "--mask",
        required=True,
        metavar="MASK",
        help="a picture that is white where to fill, of the pictures' size; or centre (half as wide and high), or "
        "random (80 %% of the pixels)",
    )
    parser.add_argument(
        "--realism", type=float, help="weight of the critic's disbelief (0.003, or 0 where there is no critic)"
    )
    parser.add_argument("--prior", type=float, default=0.0, help="weight of the code's energy under the prior (0)")
    parser.add_argument("--no-blend", action="store_true", help="put what is drawn into the hole as it is")


def run(arguments: Namespace) -> None:
    """Writes the completed pictures and codes.npz (names, z), and prints the error of what is known."""
    from disentangle.image import space
    from disentangle.latent.completion import complete
    from disentangle.latent.descent import Descent
    from disentangle.progress import progress

    job = _code_space.opened(arguments)
    known, model = _known(arguments, job), job.model
    assert model.generator is not None, "a system that draws"
    realism = arguments.realism if arguments.realism is not None else REALISM * space.has_critic(model)
    found = complete(
        job.x,
        known,
        model.generator,
        space.prior(model),
        realism=space.disbelief(model) if realism else None,
        realism_weight=realism,
        prior_weight=arguments.prior,
        restarts=arguments.restarts,
        seed=arguments.seed,
        descent=Descent(arguments.steps, arguments.rate),
        blended=not arguments.no_blend,
        told=partial(progress, title="complete"),
    )
    written = _code_space.write(arguments, job, found.images, found.path)
    codes = _code_space.keep(arguments.out / "codes.npz", job, z=found.z)
    there = known.expand_as(job.x).flatten(1)
    errors = ((found.drawn - job.x).square().flatten(1) * there).sum(1) / there.sum(1)
    _code_space.tell(arguments, job, {"error of what is known": errors.tolist()}, [*written, codes])


def _known(arguments: Namespace, job: _code_space.Job) -> "Tensor":
    """Masks of what is known, (n, 1, size, size)."""
    from disentangle.image import filling

    size = job.model.config.data.size
    if arguments.mask in HOLES:
        return filling.known(arguments.mask, len(job.x), size, arguments.seed)
    hidden = _code_space.mask(Path(arguments.mask), job)
    return ~hidden.bool().expand(len(job.x), 1, size, size)
