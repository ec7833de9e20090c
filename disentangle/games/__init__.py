"""One paper, one file: games whose networks are passed in, for sound and pictures alike."""
