# SPDX-License-Identifier: Apache-2.0
"""Errors become answers: in the reader's language, with stable titles, and no personal data in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from tools import reference

from gakusho import errors
from gakusho.model.problem import Problem, Severity
from gakusho.web import errors as web_errors

SECRET = "髙橋 𠮷子 <yoshiko@example.jp>"


def client() -> TestClient:
    """Give an application with nothing but faults."""
    app = FastAPI()
    app.state.gakusho = SimpleNamespace(settings=SimpleNamespace(zone=ZoneInfo("Asia/Tokyo"), secure=False))
    web_errors.install(app)

    @app.get("/api/fault")
    def fault() -> None:
        try:
            int(SECRET)
        except ValueError as error:
            raise RuntimeError(f"row of {SECRET}") from error

    @app.get("/api/stream")
    def stream() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            yield b"begun"
            raise RuntimeError(SECRET)

        return StreamingResponse(parts())

    @app.get("/api/raise/{name}")
    def refuse(name: str) -> None:
        raise {
            "mail": errors.UnreachableError(f"refused: {SECRET}", code="mail-server"),
            "rows": errors.RowsError("2 rows.", [Problem(code="missing", severity=Severity.ERROR, row=2)]),
            "choices": errors.InputError("The choices cannot be read."),
            "slug": errors.InputError("x", code="institution-exists"),
            "email": errors.InputError("x", code="email-taken"),
        }[name]

    @app.get("/api/number/{value}")
    def number(value: int) -> None:
        """Take a number."""

    return TestClient(app)


def told(path: str, language: str = "ja") -> dict[str, Any]:
    """Give the problem+json of an address."""
    answer = client().get(path, headers={"accept-language": language})
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert isinstance(found, dict)
    assert found["status"] == answer.status_code
    return found


def test_an_unforeseen_fault_is_answered_and_its_words_are_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = told("/api/fault")
    assert (found["status"], found["title"]) == (500, "Internal error")
    assert SECRET not in json.dumps(found, ensure_ascii=False)
    written = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert "RuntimeError" in written
    assert "ValueError" in written
    assert "test_errors.py:" in written
    assert "yoshiko" not in written
    assert "髙橋" not in written


def test_an_answer_that_breaks_off_says_nothing_of_why(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(web_errors.BrokenOffError) as caught:
        client().get("/api/stream")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "yoshiko" not in caplog.text


def test_an_error_of_ours_is_logged_by_its_code_alone(caplog: pytest.LogCaptureFixture) -> None:
    assert told("/api/raise/mail")["code"] == "mail-server"
    assert "mail-server" in caplog.text
    assert "yoshiko" not in caplog.text


@pytest.mark.parametrize(
    "path", ["/api/raise/rows", "/api/raise/slug", "/api/number/x", "/api/none", "/api/fault"]
)
def test_the_title_is_short_and_the_same_in_every_language(path: str) -> None:
    japanese, english = told(path, "ja"), told(path, "en")
    assert japanese["title"] == english["title"]
    assert len(english["title"]) <= 40
    assert english["title"].isascii()
    assert japanese["detail"] != english["detail"]


@pytest.mark.parametrize("kind", list(reference.error_classes()))
def test_every_class_of_error_has_its_own_title(kind: type[errors.GakushoError]) -> None:
    titles = [title for each, title in web_errors.TITLES if issubclass(kind, each)]
    assert titles
    narrowest = dict(web_errors.TITLES).get(kind, titles[0])
    assert titles[0] == narrowest, "a wider class stands before a narrower one"


def test_a_japanese_reader_gets_japanese_and_the_english_reason_apart() -> None:
    found = told("/api/raise/choices")
    assert found["detail"] == "入力された内容を使えません。"
    assert found["reason"] == "The choices cannot be read."
    assert "reason" not in told("/api/raise/choices", "en")
    assert told("/api/raise/slug")["action"] == "別の短い名前を選んでください。"


def test_words_of_a_page_whose_facts_are_missing_fall_back_to_those_of_the_program() -> None:
    assert told("/api/raise/email")["detail"] == "別のアカウントで使われているアドレスです。"


def test_a_trace_ends_where_causes_go_in_a_circle() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert errors.trace_of(first).count("ValueError") == 2


def test_pages_ask_for_html_and_programs_for_json() -> None:
    def asked(path: str, accept: str = "") -> bool:
        headers = [(b"accept", accept.encode())]
        return web_errors.wants_json(Request({"type": "http", "path": path, "headers": headers}))

    assert asked("/api/x")
    assert asked("/verify", "application/json")
    assert not asked("/verify", "text/html")


def test_why_a_batch_stopped_is_told_in_the_readers_language() -> None:
    kept = {"code": "database-full", "message": "The database is full.", "action": "Make room."}
    assert web_errors.failure_words(kept, "en") == ("The database is full.", "Make room.", "")
    sentence, action, detail = web_errors.failure_words(kept, "ja") or ("", "", "")
    assert sentence == "ディスクがいっぱいで、データベースに書き込めません。"
    assert action == "ディスクに空きを作ってから続けてください。"
    assert detail == ""
    unforeseen = web_errors.failure_words({"code": "error", "message": "Issuing stopped: KeyError."}, "ja")
    assert unforeseen is not None
    assert unforeseen[2] == "Issuing stopped: KeyError."
    assert web_errors.failure_words(None, "ja") is None
