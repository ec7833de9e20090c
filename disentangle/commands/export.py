"""Write a speech model's three networks as graphs that run elsewhere: ONNX, or torch.export's."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from disentangle import released


def add_arguments(parser: ArgumentParser) -> None:
    """Declares what the command takes."""
    parser.add_argument(
        "experiment", type=released.find, metavar="EXP", help="a trained model: its folder, or a name of the package"
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="folder for content, speaker, decoder and config.yaml")
    parser.add_argument(
        "--format",
        choices=("onnx", "torch"),
        default="onnx",
        help="onnx (default; needs the extra onnx), or torch (.pt2, for torch.export.load)",
    )


def run(arguments: Namespace) -> None:
    """Exports into a folder that is renamed when it is whole, and prints the files."""
    import os
    import shutil
    import tempfile
    from importlib.util import find_spec

    from disentangle import config
    from disentangle.speech import graphs
    from disentangle.speech.loading import load

    out: Path = arguments.out
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise ValueError(f"something is there already, {out}. Take another OUT, or remove it.")
    if arguments.format == "onnx" and not (find_spec("onnx") and find_spec("onnxscript")):
        raise ValueError("onnx is not installed, --format onnx. Install it by `pip install 'disentangle[onnx]'`.")
    model = load(arguments.experiment)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        files = graphs.write(model, aside, arguments.format)
        config.write(model.options, aside / "config.yaml")
        os.chmod(aside, 0o755)
        aside.replace(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    for file in files:
        print(out / file.name)
