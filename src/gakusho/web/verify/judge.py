# SPDX-License-Identifier: Apache-2.0
"""Runs verifications aside, a few at a time, so that a hostile file stops nobody else's page."""

from __future__ import annotations

import atexit
import hashlib
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as OverTimeError
from dataclasses import dataclass, field, replace
from datetime import datetime

from fastapi import HTTPException

from gakusho.errors import NotFoundError
from gakusho.model.report import Check, Headline, Outcome, Report
from gakusho.model.signed_document import UNREAD, DocumentText
from gakusho.store.ids import new_token
from gakusho.verifier.document_text import read_text, signed_revision, told
from gakusho.verifier.verify import verify
from gakusho.web.state import State
from gakusho.web.verify.aside import PLAIN, Asked, StoppedError, Workers

AT_ONCE = 4
STRANGERS_AT_ONCE = 2
IN_LINE = 24
SECONDS = 60.0
"""How long a page waits; what takes longer could not be checked."""
TEXT_SECONDS = 30.0
"""How long a page waits for the words of a document."""
KEEP_SECONDS = 30 * 60
KEEP_AT_MOST = 300
KEEP_TEXTS = 200
"""Documents; each has 20,000 characters at most."""
KEEP_PICTURES = 48 * 1024**2
"""Bytes of all pictures that are kept with reports."""

_pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="verify")
_line = threading.BoundedSemaphore(IN_LINE)
_strangers_line = threading.BoundedSemaphore(IN_LINE)
_strangers = Workers(at_once=STRANGERS_AT_ONCE)
atexit.register(_strangers.close)


def judge_stranger(state: State, data: bytes, *, seconds: float = SECONDS, asked: Asked = PLAIN) -> Report:
    """Give the report on bytes from anywhere; they are opened in a process that can be stopped.

    Raises:
        HTTPException: 503 while too many others wait.
    """
    now = state.clock()
    if not _strangers_line.acquire(blocking=False):
        raise HTTPException(503, headers={"Retry-After": "10"})
    try:
        return _strangers.verify(
            data,
            now=now,
            fetcher=state.fetcher,
            seconds=seconds,
            asked=replace(asked, anchors=state.anchors),
        )
    except StoppedError:
        return _not_in_time(data, now, seconds)
    finally:
        _strangers_line.release()


def judge(state: State, data: bytes, *, seconds: float = SECONDS) -> Report:
    """Give the report on what this server itself has issued, as of now.

    Must not be called inside a unit of work that writes: the answer may need one itself.

    Raises:
        HTTPException: 503 while too many others wait.
    """
    now = state.clock()
    if not _line.acquire(blocking=False):
        raise HTTPException(503, headers={"Retry-After": "10"})
    future = _pool.submit(verify, data, now=now, fetcher=state.fetcher, anchors=state.anchors)
    future.add_done_callback(lambda _: _line.release())
    try:
        return future.result(timeout=seconds)
    except OverTimeError:
        return _not_in_time(data, now, seconds)


def with_own_words(report: Report, data: bytes) -> Report:
    """Give a report on what this server itself has issued with the words of its signed document.

    Where they cannot be read in time, or too many others wait, the answer is the same without them.
    """
    revision = signed_revision(report, data)
    if revision is None or report.document is None:
        return report
    text = _texts.get(report.document.digest)
    if text is not None:
        return told(report, text)
    if not _line.acquire(blocking=False):
        return told(report, UNREAD)
    future = _pool.submit(read_text, report.format or "", revision)
    future.add_done_callback(lambda _: _line.release())
    try:
        text = future.result(timeout=TEXT_SECONDS)
    except OverTimeError:
        return told(report, UNREAD)
    _texts.keep(report.document.digest, text)
    return told(report, text)


def with_words(report: Report, data: bytes, *, seconds: float = TEXT_SECONDS) -> Report:
    """Give a report on bytes from anywhere with such words, read in a process that can be stopped."""
    revision = signed_revision(report, data)
    if revision is None:
        return report
    if not _strangers_line.acquire(blocking=False):
        return told(report, UNREAD)
    try:
        return told(report, _strangers.text(report.format or "", revision, seconds=seconds))
    except StoppedError:
        return told(report, UNREAD)
    finally:
        _strangers_line.release()


def _not_in_time(data: bytes, now: datetime, seconds: float) -> Report:
    facts = {"reason": "time", "message": f"{seconds:.0f} s"}
    return Report(
        outcome=Outcome.UNKNOWN,
        headline=Headline.NOT_CHECKED,
        format=None,
        issuer=None,
        credential=None,
        checks=(Check(code="format.checked", outcome=Outcome.UNKNOWN, facts=facts),),
        verified_at=now,
        input_digest=hashlib.sha256(data).hexdigest(),
    )


@dataclass
class Kept:
    """Reports of the last half hour, so that one can be made into an evidence report without a second upload.

    They stay in the memory of this process and are never written down unasked.
    """

    _reports: OrderedDict[str, tuple[float, Report, bytes | None]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, report: Report, picture: bytes | None = None) -> str:
        """Keep a report, with the picture of its signed document's first page, and give the key to it."""
        key = new_token()
        with self._lock:
            self._forget()
            self._reports[key] = (time.monotonic(), report, picture)
            while len(self._reports) > KEEP_AT_MOST:
                self._reports.popitem(last=False)
            pictured = sum(len(one[2] or b"") for one in self._reports.values())
            for old, (since, kept, drawn) in self._reports.items():
                if pictured <= KEEP_PICTURES:
                    break
                self._reports[old] = since, kept, None  # the answer stays, its picture goes
                pictured -= len(drawn or b"")
        return key

    def take(self, key: str) -> tuple[Report, bytes | None]:
        """Give the report and the picture back. Raises: NotFoundError when it was too long ago."""
        with self._lock:
            self._forget()
            found = self._reports.get(key)
        if found is None:
            raise NotFoundError("This verification was too long ago.", code="no-verification")
        return found[1], found[2]

    def _forget(self) -> None:
        oldest = time.monotonic() - KEEP_SECONDS
        while self._reports and next(iter(self._reports.values()))[0] < oldest:
            self._reports.popitem(last=False)


@dataclass
class _Texts:
    """The words of documents that were looked at last, by the digest of what was signed."""

    _texts: OrderedDict[str | None, DocumentText] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, digest: str | None) -> DocumentText | None:
        with self._lock:
            return self._texts.get(digest)

    def keep(self, digest: str | None, text: DocumentText) -> None:
        with self._lock:
            self._texts[digest] = text
            while len(self._texts) > KEEP_TEXTS:
                self._texts.popitem(last=False)


_texts = _Texts()
KEPT = Kept()
