"""Public corpora of pictures by name, where a network is there; nothing is kept whose checksum is another."""

import hashlib
import os
from pathlib import Path
from urllib.request import urlopen

from disentangle.nearest import did_you_mean

CORPORA = {
    "mnist": "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "fashion_mnist": "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
}

#: SHA-256 of the files as they have always been published.
CHECKSUMS = {
    "mnist": {
        "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    "fashion_mnist": {
        "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
}


def download(corpus: str, folder: Path, base: str | None = None) -> None:
    """Fetch the files of a corpus that the folder does not hold yet.

    Args:
        corpus: mnist or fashion_mnist.
        folder: where they go.
        base: address to fetch from instead of the public one, with its last slash.

    Raises:
        ValueError: no such corpus, no network, or a file that is not the published one.
    """
    if corpus not in CORPORA:
        raise ValueError(f"no corpus '{corpus}' to download. {did_you_mean(corpus, CORPORA)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, checksum in CHECKSUMS[corpus].items():
        if not (folder / name).exists():
            _fetch(f"{base or CORPORA[corpus]}{name}", folder / name, checksum)


def _fetch(address: str, target: Path, checksum: str) -> None:
    try:
        with urlopen(address, timeout=60) as answer:
            data = answer.read()
    except OSError as error:
        remedy = f"Put {target.name} into {target.parent} by hand"
        raise ValueError(f"{address} cannot be fetched ({getattr(error, 'reason', error)}). {remedy}.") from error
    found = hashlib.sha256(data).hexdigest()
    if found != checksum:
        raise ValueError(f"{address} is not the published file: SHA-256 {found}, not {checksum}. Nothing was kept.")
    partial = target.with_name(f"{target.name}.partial")
    partial.write_bytes(data)
    os.replace(partial, target)
