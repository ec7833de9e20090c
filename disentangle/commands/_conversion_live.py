"""`convert --live`: PCM from stdin to stdout, block by block."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import IO

LEAST, MOST = 5.0, 1000.0  # ms of a block


def live(arguments: Namespace) -> None:
    """Convert what comes until it ends; tells the latency on stderr before.

    Raises:
        ValueError: words that do not go together, a model that is not causal, or half a sample at the end.
    """
    import numpy as np

    from disentangle.commands._conversion_options import mixture
    from disentangle.corpus import audio
    from disentangle.speech.loading import load
    from disentangle.speech.streaming import Live
    from disentangle.speech.vocoder import load as load_vocoder

    _check(arguments)
    model = load(arguments.experiment)
    vocoder = load_vocoder(arguments.vocoder, model.options.front_end)
    targets = mixture(arguments.mix) if arguments.mix else dict.fromkeys(map(Path, arguments.target), 1.0)
    shares = np.array(list(targets.values()), np.float32)
    vectors = model.speaker([audio.load(target, model.rate) for target in targets])
    stream = Live(model, vocoder, model.speaker_of(vectors * shares[:, None]))
    block = round(arguments.block * model.rate / 1000)
    look = 1000 * stream.delay / model.rate
    print(
        f"latency {look + arguments.block:.0f} ms: {look:.0f} ms to look ahead and {arguments.block:g} ms of a block; "
        f"{model.rate} Hz",
        file=sys.stderr,
        flush=True,
    )
    for pcm, last in _blocks(sys.stdin.buffer, 2 * block):
        made = stream(np.asarray(np.frombuffer(pcm, "<i2") / 32768, np.float32), last)
        sys.stdout.buffer.write(np.round(made * 32767).astype("<i2").tobytes())
        sys.stdout.buffer.flush()


def _blocks(stream: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """Whole blocks of so many bytes, and what is left at the end, which is the last."""
    while True:
        pcm = stream.read(size)
        if len(pcm) % 2:
            raise ValueError("half a sample at the end of stdin. Send 16-bit samples, two bytes each.")
        yield pcm, len(pcm) < size
        if len(pcm) < size:
            return


def _check(arguments: Namespace) -> None:
    if (arguments.target is None) == (arguments.mix is None):
        raise ValueError("no voice to convert to, or two, --live. Give --target or --mix.")
    if arguments.vocoder is None:
        raise ValueError("Griffin-Lim makes no sound block by block, --live. Name a trained vocoder by --vocoder.")
    others = {
        "--source": arguments.source,
        "--pairs": arguments.pairs,
        "--out": arguments.out,
        "--pitch": arguments.pitch,
    }
    given = [name for name, value in others.items() if value is not None]
    if given or arguments.speed != 1:
        raise ValueError(f"{(given or ['--speed'])[0]} does not go with --live, which reads stdin and writes stdout.")
    if not LEAST <= arguments.block <= MOST:
        raise ValueError(f"a block of {arguments.block:g} ms, --block. Give {LEAST:g} to {MOST:g}.")
