"""The card that goes with an exported model: what it is, what it was trained on, what it is not for."""

from disentangle.speech.options import SpeechConfig

CARD = """# {name}

Takes speech apart into content (one code of {dims} values every {hop:g} ms) and speaker (one vector of {speaker}
values), and puts content and speaker of two recordings together.

- trained on: `{train}`, {steps} steps, seed {seed}
- audio: {rate} Hz, one channel; other audio is resampled and mixed
- use: `disentangle embed`, `disentangle convert`, or `disentangle.load(FOLDER)`
- figures: `scores.json` of the experiment, by `disentangle score`

Convert the voices only of people who agree to it, and say of converted speech that it is converted.
"""


def card(config: SpeechConfig) -> str:
    """Markdown."""
    model = config.model
    return CARD.format(
        name=config.name,
        dims=model.content.dims,
        hop=1000 * model.front_end.hop,
        speaker=model.speaker.dims,
        train=config.train,
        steps=config.training.steps,
        seed=config.seed,
        rate=model.front_end.rate,
    )
