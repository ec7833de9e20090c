"""What is known about the scores of a vocoder, and of speech that is anonymised."""

from disentangle.report.entries import ANONYMITY, SOUND, Entry

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
    Entry(
        "anonymize_eer_ignorant",
        "Error of an attacker who knows nothing",
        "Equal error rate of verifying anonymised speech against real speech of its speaker; 50 % is perfect hiding.",
        "higher",
        "share",
        ANONYMITY,
        ("real_eer",),
    ),
    Entry(
        "anonymize_eer_informed",
        "Error of an attacker who has the model",
        "The same of one who trains on, and enrols, speech that he has anonymised himself, and lacks the key alone.",
        "higher",
        "share",
        ANONYMITY,
        ("real_eer",),
    ),
    Entry(
        "anonymize_cer",
        "Letter error rate of anonymised speech",
        "Letters that a recogniser of real speech gets wrong in anonymised speech.",
        "lower",
        "share",
        ANONYMITY,
        ("real_cer",),
    ),
)
