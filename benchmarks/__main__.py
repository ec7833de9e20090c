"""`python -m benchmarks`: measure, print, write RESULTS.json."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch

from benchmarks import code_space, pictures, recordings, results, speech


def main(words: Sequence[str] | None = None) -> None:
    """Run all on one core, inversion on all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="DIR", help="FSDD's train (default: recordings made for it)")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("RESULTS.json"), metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="tiny networks, few repeats: only to see that it runs")
    arguments = parser.parse_args(words)
    torch.set_num_threads(1)
    data = str(arguments.data or "generated recordings")
    with tempfile.TemporaryDirectory() as folder:
        speakers, takes = (2, 1) if arguments.quick else (6, 30)
        directory = arguments.data or recordings.generate(Path(folder), speakers, takes)
        figures = pictures.measure(arguments.quick) | code_space.measure(arguments.quick)
        figures |= speech.measure(directory, arguments.quick)
    results.save(arguments.out, figures, data)
    results.show(figures, data)


if __name__ == "__main__":
    main()
