"""Measures of what a code holds and what leaked: functions of arrays."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.evaluation.auditing import audit as audit


def __getattr__(name: str) -> object:
    """``audit``, imported when it is asked for, since it brings all attackers along."""
    if name != "audit":
        raise AttributeError(f"module 'disentangle.evaluation' has no attribute '{name}'")
    from disentangle.evaluation.auditing import audit

    return audit
