"""Scoring of picture systems: each family of scores in a file, what each system is measured by in `run`."""
