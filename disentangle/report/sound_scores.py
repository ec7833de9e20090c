"""What is known about the scores of a vocoder."""

from disentangle.report.entries import SOUND, Entry

SOUND_SCORES = (
    Entry(
        "vocoder_mel_error",
        "Error of the log-mel",
        "Mean absolute difference of the log-mel that the vocoder was given and that of the sound it made.",
        "lower",
        "",
        SOUND,
        ("griffinlim_mel_error",),
    ),
    Entry(
        "vocoder_stft_error",
        "Error of the spectra",
        "Spectral convergence and log-magnitude difference to the recording, averaged over three windows.",
        "lower",
        "",
        SOUND,
        ("griffinlim_stft_error",),
    ),
    Entry(
        "stoi",
        "Intelligibility (STOI)",
        "Short-time objective intelligibility of sound made from a recording's log-mel; 1 is the recording.",
        "higher",
        "correlation",
        SOUND,
        ("griffinlim_stoi", "real_stoi"),
    ),
    Entry(
        "real_time_factor",
        "Time to make a second of sound",
        "Seconds that one core of this machine takes for one second of sound.",
        "lower",
        "",
        SOUND,
        ("griffinlim_real_time_factor",),
    ),
)
