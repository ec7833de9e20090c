"""The card that goes with an exported picture system: what it is, what it was trained on, how it is used."""

from disentangle.image.options import ImageConfig

CARD = """# {name}

The system `{system}` of disentangle, on pictures of {size} x {size} pixels in {channels}.

- trained on: {kind}{folder}, {steps} steps, seed {seed}
- use: `disentangle.image.model.load(FOLDER)`
- figures: `scores.json` of the experiment, by `disentangle score`; pictures: `disentangle report`
"""


def card(config: ImageConfig) -> str:
    """Markdown."""
    data = config.data
    return CARD.format(
        name=config.name,
        system=config.system,
        size=data.size,
        channels="grey" if data.channels == 1 else "colour",
        kind=data.kind,
        folder=f" (`{data.folder}`)" if data.folder else "",
        steps=config.training.steps,
        seed=config.seed,
    )
