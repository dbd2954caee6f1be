# SPDX-License-Identifier: Apache-2.0
"""What the terminal shows: words to stdout, errors with their action to stderr, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gakusho.errors import GakushoError, InputError, RowsError, UnreachableError

if TYPE_CHECKING:
    from gakusho.model.problem import Problem

EXIT_DONE = 0
EXIT_REFUSED = 1
EXIT_UNKNOWN = 2
EXIT_USAGE = 64
"""EX_USAGE of sysexits.h."""
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells say it."""


class UsageError(InputError):
    """The command was used in a way it does not have."""

    code = "usage"
    action = "See: gakusho --help"


class Language(StrEnum):
    """The languages the terminal speaks."""

    JA = "ja"
    EN = "en"


def exit_code(error: GakushoError) -> int:
    """Give the exit code of an error: 64 wrong usage, 2 could not be asked, 1 everything else."""
    if isinstance(error, UsageError):
        return EXIT_USAGE
    return EXIT_UNKNOWN if isinstance(error, UnreachableError) else EXIT_REFUSED


def language_of(chosen: Language | None) -> str:
    """Give the language chosen, else the one of the terminal, else English."""
    if chosen is not None:
        return chosen.value
    for name in ("GAKUSHO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


def say(words: str = "") -> None:
    """Print a line for a person to stdout."""
    sys.stdout.write(words + "\n")


def say_json(value: object) -> None:
    """Print one JSON value on one line to stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def tell_error(error: GakushoError, *, as_json: bool, language: str) -> None:
    """Say what went wrong and what to do: as sentences to stderr, or as one JSON object to stdout."""
    if as_json:
        say_json({"error": error_object(error, language)})
        return
    from gakusho.issuer.error_sentences import error_action, error_detail, error_sentence

    sys.stderr.write(f"gakusho: {visible(error_sentence(error, language))}\n")
    if detail := error_detail(error, language):
        sys.stderr.write(f"  {_IN_ENGLISH[language].format(visible(detail))}\n")
    if isinstance(error, RowsError):
        for problem in error.problems:
            sys.stderr.write(f"  {problem_line(problem, language)}\n")
    sys.stderr.write(f"  → {visible(error_action(error, language))}\n")


_IN_ENGLISH: Mapping[str, str] = {"ja": "詳細（英語）: {}", "en": "{}"}


def error_object(error: GakushoError, language: str) -> dict[str, Any]:
    """Give an error as programs read it; ``reason`` is there where the message leaves the reason out."""
    from gakusho.issuer.error_sentences import error_action, error_detail, error_sentence

    told: dict[str, Any] = {
        "code": error.code,
        "message": error_sentence(error, language),
        "action": error_action(error, language),
        "facts": {name: str(value) for name, value in error.facts.items()},
    }
    if detail := error_detail(error, language):
        told["reason"] = detail
    if isinstance(error, RowsError):
        told["problems"] = [problem_object(problem, language) for problem in error.problems]
    return told


def problem_object(problem: Problem, language: str) -> dict[str, Any]:
    """Give a row's problem as programs read it, with its sentences."""
    from gakusho.issuer.problem_sentences import problem_mend, problem_sentence

    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "file": problem.file,
        "message": problem_sentence(problem, language),
        "mend": problem_mend(problem, language),
    }


_WHERE: Mapping[str, tuple[str, str, str]] = {
    "ja": ("{}行目", "列「{}」", "ファイル「{}」"),
    "en": ("row {}", "column “{}”", "file “{}”"),
}


def problem_line(problem: Problem, language: str) -> str:
    """Give a row's problem on one line: where, what stands there, what is wrong, how to mend it."""
    told = problem_object(problem, language)
    row, column, file = _WHERE[language]
    where = [
        form.format(value)
        for form, value in ((row, problem.row), (column, problem.column), (file, problem.file))
        if value is not None
    ]
    separator = "、" if language == "ja" else ", "
    value = f" [{visible(problem.value)}]" if problem.value else ""
    return f"{separator.join(where)}{value}: {told['message']} → {told['mend']}"


def visible(text: str) -> str:
    """Give text that cannot move the cursor or reorder the line it stands in."""
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)
