"""Feature extraction with adversarial networks: what is said apart from who says it."""
