"""The seminar: exercises that answer in the student's language, sheets for coders, versions for students and teachers.

The masters stand in `notebooks/seminar/`; a version of one needs the extra `reports` (nbconvert), the exercises need no
more than natverk itself.

    >>> import natverk
    >>> from natverk import seminar
    >>> check = seminar.checker(natverk.load(), lang="en")
    >>> check("described", ...).verdict
    'empty'
"""

from __future__ import annotations

from natverk.seminar.exercises import EXERCISES, Exercise, Feedback, check, checker, review_texts
from natverk.seminar.sheets import COLUMNS, blank, codes, collected, example, key

__all__ = [
    "COLUMNS",
    "EXERCISES",
    "Exercise",
    "Feedback",
    "blank",
    "check",
    "checker",
    "codes",
    "collected",
    "example",
    "key",
    "review_texts",
]
