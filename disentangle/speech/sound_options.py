"""What a configuration can have done to recordings before the encoders hear them."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from disentangle.ranges import Share

Codec = Literal["mp3", "vorbis", "opus", "gsm"]
Decibels = Annotated[float, Ge(-20), Le(100)]


@dataclass(frozen=True)
class SoundOptions:
    """Noise, rooms, telephones, codecs between recordings and encoders; the decoder gives back the clean recording.

    Args:
        hearers: who hears it: the speaker encoder ("voice"), the content encoder ("content"), or both.
        noise: share of the utterances that noise is added to.
        noises: what noise, one drawn for each: "white", "pink", "babble" (three to seven other utterances of the
            training data), or the name of a data directory, a wav.scp or a folder of recordings.
        snr: least and largest ratio of speech to noise in dB.
        room: share of the utterances that are heard in a room.
        rooms: "image" (rooms of random size and reverberation, by the image method), or the name of a folder of
            impulse responses.
        telephone: share of the utterances that pass a telephone line: 300 to 3400 Hz, G.711's mu-law at 8 kHz.
        codec: share of the utterances that are coded with losses and decoded again.
        codecs: by what, one drawn for each: "mp3", "vorbis", "opus", "gsm" (GSM 06.10 at 8 kHz).
    """

    hearers: Literal["voice", "content", "both"] = "both"
    noise: Share = 0.0
    noises: tuple[str, ...] = ("babble",)
    snr: tuple[Decibels, Decibels] = (5.0, 20.0)
    room: Share = 0.0
    rooms: str = "image"
    telephone: Share = 0.0
    codec: Share = 0.0
    codecs: tuple[Codec, ...] = ("mp3", "vorbis", "opus")

    def __post_init__(self) -> None:
        if self.snr[0] > self.snr[1]:
            raise ValueError("snr should be the least ratio and then the largest")
        if not self.noises:
            raise ValueError("noises should name at least one")
        if not self.codecs:
            raise ValueError("codecs should name at least one")

    @property
    def is_silent(self) -> bool:
        """Whether nothing is done."""
        return not (self.noise or self.room or self.telephone or self.codec)
