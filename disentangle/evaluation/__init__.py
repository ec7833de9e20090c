"""Measures of what a code holds and what leaked: functions of arrays that import nothing else of the project."""
