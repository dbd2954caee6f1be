# SPDX-License-Identifier: Apache-2.0
"""The only door to the network: bounds, address rules, cache, and the offline twins."""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from gakusho.errors import ForbiddenAddressError, UnreachableError
from gakusho.fetch._addresses import Address, is_named_ones, is_public, system_addresses
from gakusho.fetch._answers import DEFAULT_MAX_BYTES, Answered, Clock, Fetched, Fetcher, unreachable
from gakusho.fetch._services import HOST, NO_SERVICES, Services
from gakusho.fetch._twins import (
    CachingFetcher,
    FolderFetcher,
    LayeredFetcher,
    MemoryFetcher,
    OfflineFetcher,
    document_path,
)

__all__ = [
    "DEFAULT_MAX_BYTES",
    "NO_SERVICES",
    "Address",
    "Answered",
    "CachingFetcher",
    "Clock",
    "Fetched",
    "Fetcher",
    "FolderFetcher",
    "HttpFetcher",
    "LayeredFetcher",
    "MemoryFetcher",
    "OfflineFetcher",
    "Services",
    "document_path",
    "is_public",
    "system_addresses",
]

_MAX_URL = 2_048


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
    services: Services = NO_SERVICES
    """Named by the operator: asked at the port that was named, wherever they are."""
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
        raise unreachable(url, f"it redirects to {target[:200]}")

    def collect(self, url: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give what an ``https`` or ``http`` address answers, for what is signed by itself.

        Revocation lists have ``http`` addresses, so that asking for one does not need another (RFC 5280,
        section 8). Raises: UnreachableError, ForbiddenAddressError.
        """
        answer = self._ask(url, max_bytes, time.monotonic() + self.seconds, plain=True)
        if isinstance(answer, Fetched):
            return answer
        raise unreachable(url, f"it redirects to {answer[:200]}")

    def send(self, url: str, data: bytes, media_type: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Fetched:
        """Give what an ``https`` or ``http`` address answers to what is posted; no redirect is followed.

        Raises: UnreachableError, ForbiddenAddressError.
        """
        answer = self._ask(url, max_bytes, time.monotonic() + self.seconds, (data, media_type))
        if isinstance(answer, Fetched):
            return answer
        raise unreachable(url, f"it redirects to {answer[:200]}")

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
                raise unreachable(url, f"the answer broke off, or has more than {max_bytes} bytes")
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
        host, given, path = _parts(url, "http" if plain else "https")
        usual = self.plain_port if plain else self.port
        port = usual if given is None else given
        named = self.services.has(host, port)
        if port != usual and not named:
            raise _forbidden(url, f"port {usual}")
        address = self._judged(url, host, port, deadline, is_named_ones if named else self.may_go)
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
            raise unreachable(url, f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()

    def _judged(
        self, url: str, host: str, port: int, deadline: float, may_go: Callable[[Address], bool]
    ) -> Address:
        found = _within(lambda: self.addresses(host, port), url, deadline)
        if not found:
            raise unreachable(url, f"{host} has no address")
        for address in found:
            if not may_go(address):
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
            raise unreachable(url, f"it answered with status {response.status}")
        if (response.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
            raise unreachable(url, "it answered with compressed data, which was not asked for")
        data = response.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise unreachable(url, f"it answered with more than {max_bytes} bytes")
        if response.length not in {None, 0}:
            raise unreachable(url, "the answer broke off")
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
        self.line: socket.socket | None = None
        """The socket, also once ``http.client`` has let go of it: where the other side says that it will
        close, only the answer reads from it then."""

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), timeout=_left(self._deadline))
        try:
            raw.settimeout(_left(self._deadline))
            self.sock = self._tls.wrap_socket(raw, server_hostname=self.host) if self._tls else raw
            self.sock.settimeout(_left(self._deadline))
            self.line = self.sock
        except BaseException:
            raw.close()
            raise


class _Watchdog:
    """Ends a connection at the deadline; a server that drips bytes never trips a socket timeout."""

    def __init__(self, connection: _PinnedConnection, deadline: float) -> None:
        self._connection = connection
        self._timer = threading.Timer(_left(deadline), self._end)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        line = self._connection.line
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
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
        raise unreachable(url, "the host's name was not resolved in time") from None
    if isinstance(answer, Exception):
        raise unreachable(url, "the host's name has no address") from answer
    return answer


def _parts(url: str, scheme: str) -> tuple[str, int | None, str]:
    """Give host, port if there is one, and path with query. Raises: ForbiddenAddressError."""
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
    host = parts.hostname
    if not HOST.match(host) and ":" not in host:
        raise _forbidden(url, "a host name")
    return host, given, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _forbidden(url: str, expected: str) -> ForbiddenAddressError:
    return ForbiddenAddressError(
        f"{url[:200]!r} is not an address to ask; expected {expected}.",
        facts={"got": url[:200], "expected": expected},
    )
