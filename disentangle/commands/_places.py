"""Where results may go: to folders and files on disk; a store takes Shar alone."""

from argparse import Namespace


def check(arguments: Namespace) -> None:
    """Refuse a place to write to that is the URL of a store, which would become a local folder called ``s3:``.

    Raises:
        ValueError: OUT, --out or --audio is one, and the command is not `data to-shar`.
    """
    from disentangle.corpus import stores

    for name in ("out", "audio"):
        place = getattr(arguments, name, None)
        if place and stores.is_url(place) and getattr(arguments, "action", "") != "to-shar":
            what = f"{name.upper()} in a store, {stores.url(place)}"
            raise ValueError(f"{what}. Name a place on disk: only `disentangle data to-shar` writes to stores.")
