# SPDX-License-Identifier: Apache-2.0
"""A stranger's file is opened in a process that answers the same, can be stopped, and cannot take over."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.university import NOW, University
from tests.unit.formats_pdf.test_words import FULL, drawn

from gakusho.fetch import Fetched
from gakusho.formats._pdf.words import document_text
from gakusho.model.report import Headline, Outcome
from gakusho.model.signed_document import UNREAD
from gakusho.verifier.verify import verify
from gakusho.web.verify import aside
from gakusho.web.verify.aside import Asked, StoppedError, Worker, Workers, answer


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(at_once=1)
    yield made
    made.close()


def test_the_answer_is_the_same_as_in_the_server(workers: Workers) -> None:
    university = University()
    data = university.sealed()
    for given in (data, data.replace(b"2026", b"2025"), b"junk", b"", b"%PDF-1.7"):
        got = workers.verify(given, now=NOW, fetcher=university.fetcher(), seconds=60)
        assert got == verify(given, now=NOW, fetcher=university.fetcher())
    assert workers.verify(data, now=NOW, fetcher=university.fetcher(), seconds=60).headline is Headline.VALID


def test_presentations_and_proofs_alone_are_asked_for_in_the_same_way(workers: Workers) -> None:
    university = University()
    shown = json.dumps(
        {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [json.loads(university.sealed())],
        }
    ).encode()
    world = university.fetcher()
    for data, asked in (
        (shown, Asked(presentation=True)),
        (shown, Asked(presentation=True, challenge="c-1", domain="employer.example")),
        (university.sealed(), Asked(only_proof=True)),
    ):
        got = workers.verify(data, now=NOW, fetcher=world, seconds=60, asked=asked)
        assert got == answer(data, asked, now=NOW, fetcher=world)
        assert got.outcome is (Outcome.INVALID if asked.challenge else Outcome.VALID)


def test_what_takes_too_long_is_stopped_and_the_next_file_is_checked(workers: Workers) -> None:
    university = University()

    class Slow:
        def fetch(self, url: str, *, max_bytes: int = 0) -> Fetched:
            time.sleep(1.5)
            return university.fetcher().fetch(url, max_bytes=max_bytes)

    with pytest.raises(StoppedError):
        workers.verify(university.sealed(), now=NOW, fetcher=Slow(), seconds=1)
    page = drawn(FULL)
    with pytest.raises(StoppedError):
        workers.text("signed-pdf", page, seconds=0)
    assert workers.text("signed-pdf", page, seconds=60) == document_text(page)
    assert workers.text("no-such", page, seconds=60) == UNREAD
    report = workers.verify(university.sealed(), now=NOW, fetcher=university.fetcher(), seconds=60)
    assert report.headline is Headline.VALID


def test_what_computes_too_long_is_stopped_and_the_next_file_is_checked() -> None:
    university = University()
    endless = b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</A ["
    endless += b"1 " * 12_000_000 + b"]/Size 1/Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    workers = Workers(at_once=1, computing=1)
    try:
        for _ in range(2):
            with pytest.raises(StoppedError):  # long before these seconds are over
                workers.verify(endless, now=NOW, fetcher=university.fetcher(), seconds=3600)
        assert workers.verify(b"x", now=NOW, fetcher=university.fetcher(), seconds=60)
    finally:
        workers.close()


def test_waiting_for_the_network_is_not_counted_as_computing() -> None:
    university = University()

    class Slow:
        def fetch(self, url: str, *, max_bytes: int = 0) -> Fetched:
            time.sleep(1.2)
            return university.fetcher().fetch(url, max_bytes=max_bytes)

    workers = Workers(at_once=1, computing=4)
    try:
        report = workers.verify(university.sealed(), now=NOW, fetcher=Slow(), seconds=60)
    finally:
        workers.close()
    assert report.headline is Headline.VALID


def test_a_process_that_died_is_replaced(workers: Workers) -> None:
    university = University()
    workers.verify(b"x", now=NOW, fetcher=university.fetcher(), seconds=60)
    os.kill(workers._idle[0].process.pid, signal.SIGKILL)
    workers._idle[0].process.wait()
    assert workers.verify(b"x", now=NOW, fetcher=university.fetcher(), seconds=60)


def test_an_answer_that_is_no_report_is_not_read() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (os.system, ("true",))

    pickled = [pickle.dumps(thing) for thing in (Evil(), print, University)]
    for data in (*pickled, b"cgakusho.model.text\ndataclass\n.", b"cgakusho.model.text\n__loader__\n."):
        with pytest.raises((pickle.UnpicklingError, AttributeError)):
            aside._Reports(io.BytesIO(data)).load()


def test_a_process_knows_none_of_the_servers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAKUSHO_SECRET_KEY", "do-not-tell")
    worker = Worker.start()
    try:
        assert b"do-not-tell" not in Path(f"/proc/{worker.process.pid}/environ").read_bytes()
    finally:
        worker.stop()
