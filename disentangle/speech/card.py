"""The card that goes with an exported model: what it is, what it was trained on, what it is not for."""

from disentangle.speech.options import SpeechConfig
from disentangle.speech.vocoder_options import VocoderConfig

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


VOCODER = """# {name}

Turns log-mels of {mels} filters every {hop:g} ms into sound ({kind} generator, {numbers} weights).

- trained on: `{train}`, {steps} steps, seed {seed}{second}
- audio: {rate} Hz, one channel
- use: `disentangle convert EXP --vocoder FOLDER`, or `disentangle.load_vocoder(FOLDER)`
- figures: `scores.json` of the experiment, by `disentangle score`

Convert the voices only of people who agree to it, and say of converted speech that it is converted.
"""


def vocoder_card(config: VocoderConfig, numbers: int) -> str:
    """Markdown; ``numbers`` of the generator's weights."""
    front, stage = config.vocoder.front_end, config.stage
    return VOCODER.format(
        name=config.name,
        mels=front.mels,
        hop=1000 * front.hop,
        kind=config.vocoder.generator.kind,
        numbers=numbers,
        train=config.train,
        steps=config.training.steps,
        seed=config.seed,
        second=f", {stage.share:.0%} of it log-mels that `{stage.speech}` made" if stage.speech else "",
        rate=front.rate,
    )
