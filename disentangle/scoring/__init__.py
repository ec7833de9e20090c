"""Scores of a trained speech model: embeds, lets fresh attackers and judges loose, writes what they find."""
