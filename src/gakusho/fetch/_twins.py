# SPDX-License-Identifier: Apache-2.0
"""Fetchers that need no network, and those made of others."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from gakusho.errors import InputError, UnreachableError
from gakusho.fetch._answers import DEFAULT_MAX_BYTES, Clock, Fetched, Fetcher, unreachable


class OfflineFetcher:
    """Asks nobody."""

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:  # noqa: ARG002  # the protocol's
        """Raise UnreachableError, always."""
        raise unreachable(url, "this was asked to stay offline")


class MemoryFetcher:
    """Answers from a mapping of addresses to bytes."""

    def __init__(self, documents: Mapping[str, bytes], *, now: Clock, source: str = "this server") -> None:
        self._documents = documents
        self._now = now
        self._source = source

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give what the mapping holds. Raises: UnreachableError."""
        data = self._documents.get(url)
        if data is None:
            raise unreachable(url, "it is not among the documents at hand")
        if len(data) > max_bytes:
            raise unreachable(url, f"it has more than {max_bytes} bytes")
        return Fetched(
            url=url, data=data, media_type="application/json", time=self._now(), source=self._source
        )


def document_path(url: str) -> str:
    """Give the relative path (with ``/``) under which a documents folder keeps what ``url`` holds.

    ``https://host/a/b`` is ``host/a/b.json``; a last part with a dot keeps its name (``did.json``); what is
    not a web address (``urn:…``) is one percent-encoded file name.

    Raises:
        InputError: the address climbs (``..``), is empty, or is too long for a file name.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return f"{_segment(url, url)}.json"
    host = quote(parts.netloc.lower(), safe=".-")
    path = parts.path.lstrip("/") or "index"
    segments = [_segment(unquote(part), url) for part in path.split("/")]
    if parts.query:
        segments[-1] += quote(f"?{parts.query}", safe="")
    if "." not in segments[-1]:
        segments[-1] += ".json"
    return "/".join([_segment(unquote(host), url), *segments])


def _segment(text: str, url: str) -> str:
    name = quote(text, safe="-._~@+,=")
    if text.strip(".") == "" or len(name) > 200:
        raise InputError(
            f"{url[:200]!r} cannot name a file.",
            facts={"got": url[:200], "expected": "an address whose parts can name files"},
        )
    return name


class FolderFetcher:
    """Answers from a folder laid out by ``document_path`` (a plain ``host/a/b`` is found too)."""

    def __init__(self, folder: Path, *, now: Clock) -> None:
        self._folder = folder
        self._now = now

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give the file's bytes. Raises: UnreachableError, also for links that lead out of the folder."""
        try:
            name = document_path(url)
        except (InputError, ValueError) as error:
            raise unreachable(url, "it cannot name a file") from error
        for candidate in (name, name.removesuffix(".json")):
            data = self._read(url, candidate, max_bytes)
            if data is not None:
                return Fetched(
                    url=url,
                    data=data,
                    media_type="application/json",
                    time=self._now(),
                    source=f"documents/{candidate}",
                )
        raise unreachable(url, f"there is no {name} in the folder of documents")

    def _read(self, url: str, name: str, max_bytes: int) -> bytes | None:
        try:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._folder.resolve()):
                raise unreachable(url, f"{name} leads out of the folder of documents")
            if not path.is_file():
                return None
            with path.open("rb") as file:
                data = file.read(max_bytes + 1)
        except (OSError, RuntimeError, ValueError) as error:
            raise unreachable(url, f"{name} cannot be read") from error
        if len(data) > max_bytes:
            raise unreachable(url, f"{name} has more than {max_bytes} bytes")
        return data


class LayeredFetcher:
    """Asks one after the other, and gives the first answer."""

    def __init__(self, fetchers: Sequence[Fetcher]) -> None:
        self._fetchers = tuple(fetchers)

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give the first answer. Raises: the last one's UnreachableError when none answers."""
        last: UnreachableError = unreachable(url, "there is nobody to ask")
        for fetcher in self._fetchers:
            try:
                return fetcher.fetch(url, max_bytes=max_bytes)
            except UnreachableError as error:
                last = error
        raise last


class CachingFetcher:
    """Remembers answers for a while; an answer keeps the time at which it was had."""

    def __init__(
        self,
        inner: Fetcher,
        *,
        now: Clock,
        age: timedelta = timedelta(minutes=5),
        entries: int = 512,
        total_bytes: int = 64 * 1_048_576,
    ) -> None:
        self._inner = inner
        self._now = now
        self._age = age
        self._entries = entries
        self._total = total_bytes
        self._size = 0
        self._kept: OrderedDict[bytes, Fetched] = OrderedDict()
        self._lock = threading.Lock()

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give a remembered answer that is young enough, or ask. Raises: UnreachableError."""
        key = hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and self._now() - kept.time >= self._age:
                self._forget(key)
                kept = None
            if kept is not None and len(kept.data) <= max_bytes:
                self._kept.move_to_end(key)
                return kept
        fetched = self._inner.fetch(url, max_bytes=max_bytes)
        with self._lock:
            self._forget(key)
            if len(fetched.data) <= self._total:
                self._kept[key] = fetched
                self._size += len(fetched.data)
            while self._kept and (len(self._kept) > self._entries or self._size > self._total):
                self._forget(next(iter(self._kept)))
        return fetched

    def _forget(self, key: bytes) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= len(gone.data)
