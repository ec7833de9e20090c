"""`convert --live`: PCM from stdin to stdout, or from the microphone to the loudspeaker, block by block."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

LEAST, MOST = 5.0, 1000.0  # ms of a block


def add_live_arguments(parser: ArgumentParser) -> None:
    """Declares what a conversion takes while one speaks."""
    parser.add_argument(
        "--live",
        action="store_true",
        help="convert while it is spoken: 16-bit PCM of the model's rate, one channel, from stdin to stdout; the model "
        "is causal, and --vocoder makes the sound",
    )
    parser.add_argument(
        "--microphone",
        action="store_true",
        help="--live: from the microphone to the loudspeaker until Ctrl-C (extra: live)",
    )
    parser.add_argument(
        "--block", type=float, default=40.0, metavar="MS", help="--live: so much is read at once (default 40 ms)"
    )


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
    device = _microphone(model.rate, block) if arguments.microphone else None
    print(
        f"latency {look + arguments.block:.0f} ms: {look:.0f} ms to look ahead and {arguments.block:g} ms of a block; "
        f"{model.rate} Hz",
        file=sys.stderr,
        flush=True,
    )

    def said(pcm: bytes, last: bool) -> bytes:
        made = stream(np.asarray(np.frombuffer(pcm, "<i2") / 32768, np.float32), last)
        return np.round(made * 32767).astype("<i2").tobytes()

    if device is not None:
        with device, suppress(KeyboardInterrupt):
            while True:
                device.write(said(bytes(device.read(block)[0]), False))
        return
    for pcm, last in _blocks(sys.stdin.buffer, 2 * block):
        sys.stdout.buffer.write(said(pcm, last))
        sys.stdout.buffer.flush()


def _microphone(rate: int, block: int) -> Any:
    """A stream from the microphone, and to the loudspeaker."""
    try:
        import sounddevice

        return sounddevice.RawStream(samplerate=rate, blocksize=block, channels=1, dtype="int16")
    except (ImportError, OSError) as error:  # no package, or no PortAudio behind it
        remedy = "Install disentangle[live] and PortAudio, or pipe PCM through stdin and stdout."
        raise ValueError(f"no way to a microphone, --microphone ({error}). {remedy}") from None
    except sounddevice.PortAudioError as error:
        raise ValueError(f"no microphone or no loudspeaker, --microphone ({error}). Connect both.") from None


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
