# SPDX-License-Identifier: Apache-2.0
"""The one place where errors become exit codes."""

from __future__ import annotations

import json

import pytest

from gakusho import errors
from gakusho.cli import main, terminal
from gakusho.cli.main import run


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["verify"],
        ["verify", "--nonsense", "x"],
        ["verify", "no-such-file.json"],
        ["verify", "--at", "tomorrow", "-"],
        ["verify", "--at", "2026-03-25T09:00:00", "-"],
        ["verify", "--documents", "no-such-folder", "-"],
        ["verify", "--offline", "https://asanagi.example/v/1"],
        ["issue"],
        ["issue", "--rows", "no.csv", "--achievement", "no.json"],
        ["init"],
        ["init", "--name", " "],
        ["init", "--name", "x", "--country", "japan"],
        ["revoke", "--reason", "x"],
        ["revoke", "x"],
        ["keys"],
        ["keys", "rotate", "nonsense"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_64_with_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 64
    said = capsys.readouterr()
    assert said.err.strip()
    assert "Traceback" not in said.err


def test_wrong_usage_with_json_is_an_object_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--json"]) == 64
    said = capsys.readouterr()
    assert said.err == ""
    error = json.loads(said.out)["error"]
    assert error["code"] == "usage"
    assert error["message"]
    assert error["action"] == "See: gakusho verify --help"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.InputError("x"), 1),
        (errors.ConflictError("x"), 1),
        (errors.NotFoundError("x"), 1),
        (errors.SettingsError("x"), 1),
        (errors.LockedKeyError("x"), 1),
        (errors.UnreachableError("x"), 2),
        (errors.ForbiddenAddressError("x"), 2),
        (terminal.UsageError("x"), 64),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    error: errors.GakushoError, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(**_: object) -> None:
        raise error

    monkeypatch.setattr(main, "app", failing)
    assert run(["version"]) == code
    assert error.action in capsys.readouterr().err


def test_a_fault_of_the_program_is_neither_valid_nor_invalid(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(**_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(main, "app", failing)
    assert run(["version"]) == 2
    assert "ZeroDivisionError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(), 0)], ids=["Ctrl-C", "broken pipe"]
)
def test_being_stopped_is_no_traceback(
    raised: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(**_: object) -> None:
        raise raised

    monkeypatch.setattr(main, "app", stopped)
    monkeypatch.setattr(main, "_abandon_stdout", lambda: None)
    assert run(["version"]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_the_version_is_said_in_both_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version"]) == 0
    first = capsys.readouterr().out
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "GAKUSHO_LANG": "en"}, "en"),
        ({}, "en"),
    ],
)
def test_the_terminal_chooses_the_language(
    environment: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GAKUSHO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.language_of(None) == language
    assert terminal.language_of(terminal.Language.JA) == "ja"


def test_what_a_file_says_cannot_move_the_cursor() -> None:
    assert terminal.visible("a\x1b[2Kb\u202ec") == "a\\u001b[2Kb\\u202ec"
