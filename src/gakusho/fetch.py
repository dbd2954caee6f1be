# SPDX-License-Identifier: Apache-2.0
"""The only door to the network: bounds, address rules, cache, and the offline twins."""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote, urljoin, urlsplit

from gakusho.errors import ForbiddenAddressError, InputError, UnreachableError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Clock = Callable[[], datetime]

DEFAULT_MAX_BYTES = 1_048_576
_MAX_URL = 2_048
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z")


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What an address answered."""

    url: str
    data: bytes
    media_type: str
    time: datetime
    source: str
    """Said to a person: ``https://…``, ``documents/…`` or ``this server``."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What a service answered, whatever it was."""

    status: int
    data: bytes
    media_type: str


class Fetcher(Protocol):
    """Asks for what an address holds, within bounds."""

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give the answer. Raises: UnreachableError for every way in which it cannot be had."""


# --- which addresses may be asked ------------------------------------------------------------------

_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(n)
    for n in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(n)
    for n in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public(address: Address) -> bool:
    """Tell whether outside fetches may go to the address.

    The standard library's ``is_global`` calls NAT64, 6to4, v4-compatible and multicast addresses
    global; here IPv6 is closed except 2000::/3, and within it except what embeds or tests.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address.scope_id is not None:
        return False
    return address in _GLOBAL_V6 and not any(address in network for network in _CLOSED_V6)


def system_addresses(host: str, port: int) -> list[Address]:
    """Give what the system's resolver says of the host."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ipaddress.ip_address(str(answer[4][0])) for answer in answers))


# --- the network -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class HttpFetcher:
    """Asks ``https`` addresses: one look-up of the host, every answer judged, the judged one connected to.

    No proxy of the environment is used, no redirect followed unless ``redirects`` says so (each hop is
    judged anew), nothing compressed accepted, and everything together ends after ``seconds``.
    """

    now: Clock
    seconds: float = 10.0
    redirects: int = 0
    addresses: Callable[[str, int], Sequence[Address]] = system_addresses
    may_go: Callable[[Address], bool] = is_public
    port: int = 443
    plain_port: int = 80
    """Of ``http`` addresses, which are asked only where what comes back is signed by itself."""
    tls: ssl.SSLContext | None = None

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give what the address answers. Raises: UnreachableError, ForbiddenAddressError."""
        deadline = time.monotonic() + self.seconds
        target = url
        for _ in range(self.redirects + 1):
            answer = self._ask(target, max_bytes, deadline)
            if isinstance(answer, Fetched):
                return answer
            target = urljoin(target, answer)
        raise _unreachable(url, f"it redirects to {target[:200]}")

    def collect(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give what an ``https`` or ``http`` address answers, for what is signed by itself.

        Revocation lists have ``http`` addresses, so that asking for one does not need another (RFC 5280,
        section 8). Raises: UnreachableError, ForbiddenAddressError.
        """
        answer = self._ask(url, max_bytes, time.monotonic() + self.seconds, plain=True)
        if isinstance(answer, Fetched):
            return answer
        raise _unreachable(url, f"it redirects to {answer[:200]}")

    def send(self, url: str, data: bytes, media_type: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give what an ``https`` or ``http`` address answers to what is posted; no redirect is followed.

        Raises: UnreachableError, ForbiddenAddressError.
        """
        answer = self._ask(url, max_bytes, time.monotonic() + self.seconds, (data, media_type))
        if isinstance(answer, Fetched):
            return answer
        raise _unreachable(url, f"it redirects to {answer[:200]}")

    def converse(
        self, url: str, data: bytes, media_type: str, *, headers: Mapping[str, str], max_bytes: int
    ) -> Answered:
        """Give what a service answers to what is posted, with its status, whatever that is.

        Raises: UnreachableError when there is no answer, ForbiddenAddressError.
        """
        kept: list[Answered] = []

        def read(url: str, response: http.client.HTTPResponse, max_bytes: int) -> str:
            content = response.read(max_bytes + 1)
            if len(content) > max_bytes or response.length not in {None, 0}:
                raise _unreachable(url, f"the answer broke off, or has more than {max_bytes} bytes")
            media_type = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
            kept.append(Answered(status=response.status, data=content, media_type=media_type))
            return url

        deadline = time.monotonic() + self.seconds
        self._ask(url, max_bytes, deadline, (data, media_type), headers=headers, read=read)
        return kept[0]

    def _ask(  # what is sent, and how the answer is read
        self,
        url: str,
        max_bytes: int,
        deadline: float,
        sent: tuple[bytes, str] | None = None,
        *,
        plain: bool = False,
        headers: Mapping[str, str] | None = None,
        read: Callable[[str, http.client.HTTPResponse, int], Fetched | str] | None = None,
    ) -> Fetched | str:
        plain = (plain or sent is not None) and url.startswith("http://")
        port = self.plain_port if plain else self.port
        host, path = _parts(url, port, "http" if plain else "https")
        address = self._judged(url, host, port, deadline)
        tls = None if plain else self.tls or _client_context()
        connection = _PinnedConnection(host, port, address, tls, deadline)
        heads = {"Accept-Encoding": "identity", "User-Agent": "gakusho", "Accept": "*/*", **(headers or {})}
        body, kind = sent or (None, None)
        try:
            with _Watchdog(connection, deadline):
                method, more = ("POST", {"Content-Type": kind}) if kind else ("GET", {})
                connection.request(method, path, body=body, headers={**heads, **more})
                with connection.getresponse() as response:
                    return (read or self._answer)(url, response, max_bytes)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unreachable(url, f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def _judged(self, url: str, host: str, port: int, deadline: float) -> Address:
        found = _within(lambda: self.addresses(host, port), url, deadline)
        if not found:
            raise _unreachable(url, f"{host} has no address")
        for address in found:
            if not self.may_go(address):
                raise ForbiddenAddressError(
                    f"{host} is at {address}, an address outside fetches may not go to.",
                    facts={"got": str(address), "expected": "a public address", "url": url},
                )
        return found[0]

    def _answer(self, url: str, response: http.client.HTTPResponse, max_bytes: int) -> Fetched | str:
        location = response.getheader("Location")
        if response.status in {301, 302, 303, 307, 308} and location:
            if self.redirects == 0:
                raise UnreachableError(
                    f"{url[:200]} redirects to {location[:200]}.",
                    code="redirected",
                    facts={"url": url[:200], "location": location[:_MAX_URL]},
                )
            return location
        if response.status == http.HTTPStatus.GONE:
            raise UnreachableError(
                f"What was at {url[:200]} is withdrawn.", code="gone", facts={"url": url[:200]}
            )
        if response.status != 200:
            raise _unreachable(url, f"it answered with status {response.status}")
        if (response.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
            raise _unreachable(url, "it answered with compressed data, which was not asked for")
        data = response.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise _unreachable(url, f"it answered with more than {max_bytes} bytes")
        if response.length not in {None, 0}:
            raise _unreachable(url, "the answer broke off")
        media_type = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
        return Fetched(url=url, data=data, media_type=media_type, time=self.now(), source=url)


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to the judged address, with the host's name in TLS (if any) and in the request."""

    def __init__(
        self, host: str, port: int, address: Address, tls: ssl.SSLContext | None, deadline: float
    ) -> None:
        self.default_port = 443 if tls else 80
        super().__init__(host, port)
        self._address = str(address)
        self._tls = tls
        self._deadline = deadline

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), timeout=_left(self._deadline))
        try:
            raw.settimeout(_left(self._deadline))
            self.sock = self._tls.wrap_socket(raw, server_hostname=self.host) if self._tls else raw
            self.sock.settimeout(_left(self._deadline))
        except BaseException:
            raw.close()
            raise


class _Watchdog:
    """Ends a connection at the deadline; a server that drips bytes never trips a socket timeout."""

    def __init__(self, connection: http.client.HTTPConnection, deadline: float) -> None:
        self._connection = connection
        self._timer = threading.Timer(_left(deadline), self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        sock = self._connection.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _client_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time allowed is over")
    return left


def _within(
    ask: Callable[[], Sequence[Address]], url: str, deadline: float
) -> Sequence[Address]:  # getaddrinfo knows no time limit
    answers: queue.SimpleQueue[Sequence[Address] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(ask())
        except (OSError, ValueError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=_left(deadline))
    except (queue.Empty, TimeoutError):
        raise _unreachable(url, "the host's name was not resolved in time") from None
    if isinstance(answer, Exception):
        raise _unreachable(url, "the host's name has no address") from answer
    return answer


def _parts(url: str, port: int, scheme: str) -> tuple[str, str]:
    if len(url) > _MAX_URL or not url.isascii() or any(c <= " " or c in '"<>\\^`{|}\x7f' for c in url):
        raise _forbidden(url, "a plain address")
    try:
        parts = urlsplit(url)
        given = parts.port
    except ValueError:
        raise _forbidden(url, f"an {scheme} address") from None
    if parts.scheme != scheme or not parts.hostname:
        raise _forbidden(url, f"an {scheme} address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _forbidden(url, "an address without user name and fragment")
    if given not in {None, port}:
        raise _forbidden(url, f"port {port}")
    host = parts.hostname
    if not _HOST.match(host) and ":" not in host:
        raise _forbidden(url, "a host name")
    return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _forbidden(url: str, expected: str) -> ForbiddenAddressError:
    return ForbiddenAddressError(
        f"{url[:200]!r} is not an address to ask; expected {expected}.",
        facts={"got": url[:200], "expected": expected},
    )


def _unreachable(url: str, reason: str) -> UnreachableError:
    return UnreachableError(
        f"{url[:200]} could not be asked: {reason[:300]}.", facts={"url": url[:200], "reason": reason[:300]}
    )


# --- the offline twins -----------------------------------------------------------------------------


class OfflineFetcher:
    """Asks nobody."""

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:  # noqa: ARG002  # the protocol's
        """Raise UnreachableError, always."""
        raise _unreachable(url, "this was asked to stay offline")


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
            raise _unreachable(url, "it is not among the documents at hand")
        if len(data) > max_bytes:
            raise _unreachable(url, f"it has more than {max_bytes} bytes")
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
            raise _unreachable(url, "it cannot name a file") from error
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
        raise _unreachable(url, f"there is no {name} in the folder of documents")

    def _read(self, url: str, name: str, max_bytes: int) -> bytes | None:
        try:
            path = (self._folder / name).resolve()
            if not path.is_relative_to(self._folder.resolve()):
                raise _unreachable(url, f"{name} leads out of the folder of documents")
            if not path.is_file():
                return None
            with path.open("rb") as file:
                data = file.read(max_bytes + 1)
        except (OSError, RuntimeError, ValueError) as error:
            raise _unreachable(url, f"{name} cannot be read") from error
        if len(data) > max_bytes:
            raise _unreachable(url, f"{name} has more than {max_bytes} bytes")
        return data


# --- combinations ----------------------------------------------------------------------------------


class LayeredFetcher:
    """Asks one after the other, and gives the first answer."""

    def __init__(self, fetchers: Sequence[Fetcher]) -> None:
        self._fetchers = tuple(fetchers)

    def fetch(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give the first answer. Raises: the last one's UnreachableError when none answers."""
        last: UnreachableError = _unreachable(url, "there is nobody to ask")
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
