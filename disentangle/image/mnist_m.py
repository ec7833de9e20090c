"""MNIST-M: digits blended with patches of colour photographs, the target domain of domain adaptation.

As published (Ganin et al. 2016, https://arxiv.org/abs/1505.07818, section 5.2): each channel of a picture is
``|patch - digit|``, the patch drawn at random from a photograph of BSDS500 that is drawn at random. The paper does not
say which photographs serve which digits. Here training digits lie on the 300 of BSDS500's ``train`` and ``val``, test
digits on the 200 of its ``test``, so that no test picture shows a photograph seen in training.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from disentangle.image.idx import Part, read_mnist
from disentangle.image.pictures import Bytes, Pictures, labelled, to_bytes

PHOTOS: dict[Part, tuple[str, ...]] = {"train": ("train", "val"), "test": ("test",)}
HOME = "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/resources.html"
INSIDE = ("", "images", "data/images", "BSDS500/data/images", "BSR/BSDS500/data/images")


def read_mnist_m(mnist: Path, bsds: Path, part: Part = "train", seed: int = 0) -> Pictures:
    """MNIST-M made of the two corpora; the same of the same seed.

    Args:
        mnist: folder with MNIST's four idx files.
        bsds: folder with BSDS500: ``train``, ``val`` and ``test`` with their jpg, as deep as the archive has them.
        part: train (60,000) or test (10,000).
        seed: of photographs and patches.

    Returns:
        Pictures (samples, 3, 28, 28).

    Raises:
        ValueError: MNIST or BSDS500 is missing or broken.
    """
    digits = read_mnist(mnist, part)
    pixels = blend(to_bytes(digits.x)[:, 0], read_photos(bsds, PHOTOS[part]), seed)
    return labelled(pixels, digits.y.numpy(), digits.classes)


def blend(digits: Bytes, photos: Sequence[Bytes], seed: int) -> Bytes:
    """|patch - digit| in each channel, of a random patch of a random photograph for each digit.

    Args:
        digits: (samples, height, width).
        photos: each (height, width, 3).
        seed: of the draws.

    Returns:
        (samples, 3, height, width).

    Raises:
        ValueError: no photographs, or one smaller than the digits.
    """
    height, width = digits.shape[1:]
    small = [photo.shape[:2] for photo in photos if photo.shape[0] < height or photo.shape[1] < width]
    if small or not photos:
        raise ValueError(f"{len(photos)} photographs, too small for {height} x {width}: {small or 'none'}")
    rng = np.random.default_rng(seed)
    chosen, places = rng.integers(len(photos), size=len(digits)), rng.random((2, len(digits)))
    blended = np.empty((len(digits), 3, height, width), np.uint8)
    for number, photo in enumerate(photos):
        here = np.flatnonzero(chosen == number)
        patches = np.lib.stride_tricks.sliding_window_view(photo, (height, width), axis=(0, 1))
        rows, columns = ((place[here] * count).astype(int) for place, count in zip(places, patches.shape, strict=False))
        blended[here] = np.abs(patches[rows, columns].astype(np.int16) - digits[here, None])
    return blended


def read_photos(bsds: Path, parts: Sequence[str]) -> list[Bytes]:
    """The photographs of parts of BSDS500, each (height, width, 3), sorted by name within each part.

    Raises:
        ValueError: a part is not there, or a photograph cannot be read.
    """
    photos = []
    for part in parts:
        files = next((found for inside in INSIDE if (found := sorted((bsds / inside / part).glob("*.jpg")))), None)
        if files is None:
            raise ValueError(f"no BSDS500 in {bsds}: {part}/*.jpg was looked for. It is at {HOME}.")
        for file in files:
            try:
                with Image.open(file) as photo:
                    photos.append(np.asarray(photo.convert("RGB")))
            except OSError as error:
                raise ValueError(f"{file} is no readable photograph ({error}). Fetch BSDS500 again.") from error
    return photos
