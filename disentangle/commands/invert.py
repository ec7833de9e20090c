"""Find the codes of pictures: what a trained generator makes of them, and the codes themselves."""

from argparse import ArgumentParser, Namespace

from disentangle.commands import _code_space


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    _code_space.add_arguments(parser, 500)
    _code_space.add_method(parser)


def run(arguments: Namespace) -> None:
    """Writes each picture as the generator makes it and codes.npz (names, z, errors), and prints the errors."""
    job = _code_space.opened(arguments)
    found = _code_space.found(arguments, job)
    written = _code_space.write(arguments, job, found.images, found.path)
    codes = _code_space.keep(arguments.out / "codes.npz", job, z=found.z, errors=found.errors)
    _code_space.tell(arguments, job, {"error": found.errors.tolist()}, [*written, codes])
