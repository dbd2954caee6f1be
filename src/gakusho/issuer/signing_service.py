# SPDX-License-Identifier: Apache-2.0
"""A signing service of others: asked over https by the API of the Cloud Signature Consortium.

The service is believed for nothing: each signature is checked with the public key that its certificate had
when the key was taken. One that is away makes a batch wait; one that says no stops it with its reason.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from gakusho.errors import ForbiddenAddressError, InputError, KeyMaterialError, UnreachableError
from gakusho.fetch import NO_SERVICES, Address, HttpFetcher, Services, is_public
from gakusho.proof.signers import csc
from gakusho.proof.signers.csc import Credential, Json, ServiceCustodian, refused

MAX_BYTES = 262_144
"""Of an answer: a hundred signatures of RSA-4096 have 70 thousand."""
_SECONDS = 30.0
_LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, kw_only=True)
class Access:
    """Where a service is, and what lets this server in: a client's id and secret, or a token."""

    base: str
    """Such as ``https://host/csc/v1``."""
    client: str = ""
    client_secret: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    token_address: str = ""
    """Where the client gets its tokens; nothing: where the service says."""
    loopback: bool = False
    """Whether the service may be on this machine, by http too; for trying out."""
    services: Services = NO_SERVICES
    """Those that the operator named: they may be inside the own network."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service that answered."""

    name: str
    version: int
    access: Access
    """With the address for tokens filled in."""
    credentials: tuple[str, ...]
    """The ids of the keys it has for us."""


def found(access: Access) -> Service:
    """Ask a service what it is, and which keys it has for us. Sections 11.1 and 11.4 of version 1.0.4.

    Raises: InputError (``signing-service-address``), UnreachableError (``signing-service``), KeyMaterialError
    (``signing-service-refused``).
    """
    checked_address(access.base, loopback=access.loopback)
    info = HttpExchange(access=access)("info", {}, free=True)
    at = access.token_address or (_token_address(info, access) if access.client else "")
    if at:
        checked_address(at, loopback=access.loopback)
    access = Access(**{**vars(access), "token_address": at})
    answer = HttpExchange(access=access)("credentials/list", {"maxResults": 100})
    return Service(
        name=str(info.get("name", ""))[:100],
        version=csc.version_of(info),
        access=access,
        credentials=csc.listed(answer),
    )


def described(access: Access, credential_id: str) -> Credential:
    """Ask a service about one key, with its certificates.

    Raises: as ``found``; KeyMaterialError also for a key that needs a person at every signature.
    """
    question = {
        "credentialID": credential_id,
        "certificates": "chain",
        "certInfo": True,
        "authInfo": True,
    }
    one = csc.credential(credential_id, HttpExchange(access=access)("credentials/info", question))
    if not one.usable:
        raise refused("this key is not enabled, or its certificate not valid")
    if one.mode not in {"implicit", "explicit"} or one.wants_otp:
        raise refused("this key needs a person at every signature, so no batch can be signed with it")
    return one


def place_of(service: Service, one: Credential, pin: str) -> dict[str, str]:
    """Give where the key is, as it is kept."""
    access = service.access
    return {
        "base": access.base.rstrip("/"),
        "version": str(service.version),
        "credential": one.id,
        "pin": pin if one.wants_pin else "",
        "token_address": access.token_address,
        "client": access.client,
        "client_secret": access.client_secret,
        "bearer": access.bearer,
        "loopback": "1" if access.loopback else "",
        **one.described(),
    }


def custodian(place: Mapping[str, str], services: Services = NO_SERVICES) -> ServiceCustodian:
    """Give who signs with a kept key; the service is asked at the first signature."""
    names = ("base", "token_address", "client", "client_secret", "bearer")
    given = {name: place[name] for name in names}
    access = Access(**given, loopback=bool(place["loopback"]), services=services)
    return ServiceCustodian.at(place, _exchange(access))


def look(place: Mapping[str, str], services: Services = NO_SERVICES) -> None:
    """Look whether the service of a kept key answers. Raises: UnreachableError, KeyMaterialError."""
    access = Access(base=place["base"], loopback=bool(place["loopback"]), services=services)
    csc.version_of(HttpExchange(access=access)("info", {}, free=True))


@lru_cache(maxsize=32)
def _exchange(access: Access) -> HttpExchange:
    """Keep the token of an access for the pieces of a batch; keyed by what administrators set up."""
    return HttpExchange(access=access)


def checked_address(address: str, *, loopback: bool = False) -> str:
    """Give the address of a service: https, or on this machine where that is allowed.

    Raises: InputError (``signing-service-address``).
    """
    try:
        parts = urlsplit(address)
        _ = parts.port
        fine = bool(parts.hostname) and not (parts.username or parts.fragment or parts.query)
    except ValueError:
        fine = False
    plain = fine and parts.scheme == "http" and loopback and _is_loopback(parts.hostname or "")
    if not fine or not (parts.scheme == "https" or plain) or not address.isascii() or len(address) > 300:
        raise InputError(
            "This is no address of a signing service.",
            code="signing-service-address",
            facts={"got": address[:80], "expected": "https://host/csc/v1"},
            action="Give the address as the service's operator names it, up to and with the version.",
        )
    return address


@dataclass(eq=False, kw_only=True)
class HttpExchange:
    """Carries questions to a service as JSON, with the token that lets this server in."""

    access: Access
    _token: str = field(default="", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __call__(self, method: str, question: Json, *, free: bool = False) -> Json:
        """Give the answer; ``free``: no token is needed. Raises: as ``csc.Exchange``."""
        for again in (True, False):
            token = "" if free else self._entered()
            url = f"{self.access.base.rstrip('/')}/{method}"
            heads = {"Authorization": f"Bearer {token}"} if token else {}
            status, answer = self._asked(url, orjson.dumps(question), "application/json", heads)
            if status == 401 and again and self.access.client:
                self._token = ""  # it ran out
                continue
            break
        if status in {200, 201}:
            return answer
        raise self._no(status, answer)

    def _entered(self) -> str:
        access = self.access
        if not access.client:
            return access.bearer
        with self._lock:
            if not self._token:
                form = {
                    "grant_type": "client_credentials",
                    "client_id": access.client,
                    "client_secret": access.client_secret,
                }
                kind = "application/x-www-form-urlencoded"
                status, answer = self._asked(access.token_address, urlencode(form).encode(), kind, {})
                token = answer.get("access_token")
                if status != 200 or not isinstance(token, str) or not token.isascii() or not token:
                    raise self._no(status, answer)
                self._token = token[:8_192]
            return self._token

    def _asked(self, url: str, data: bytes, kind: str, heads: Mapping[str, str]) -> tuple[int, Json]:
        checked_address(url, loopback=self.access.loopback)
        heads = {"Accept": "application/json", **heads}
        try:
            answer = _door(url, self.access).converse(url, data, kind, headers=heads, max_bytes=MAX_BYTES)
        except ForbiddenAddressError as error:
            raise _away(f"{error} The operator opens it by GAKUSHO_TRUSTED_SERVICES.") from error
        except UnreachableError as error:
            raise _away(str(error)) from error
        if answer.status >= 500 or answer.status in _LATER:
            raise _away(f"it answered with status {answer.status}")
        try:
            said: Any = orjson.loads(answer.data)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            if answer.status < 300:
                raise refused("its answer is no JSON object")
            said = {}
        return answer.status, said

    def _no(self, status: int, answer: Json) -> KeyMaterialError:
        said = f"{answer.get('error', '')}: {answer.get('error_description', '')}".strip(": ")
        for secret in (self.access.client_secret, self.access.bearer, self._token):
            said = said.replace(secret, "…") if secret else said
        words = "".join(one if one.isprintable() else " " for one in said[:200])
        return refused(f"it answered with status {status} {words}".rstrip())


def _token_address(info: Json, access: Access) -> str:
    """Give where tokens are had: section 8.3 puts it under the address that ``info`` names."""
    base = info.get("oauth2")
    if not isinstance(base, str) or not base:
        base = access.base
    return f"{base.rstrip('/')}/oauth2/token"


def _door(url: str, access: Access) -> HttpFetcher:
    parts = urlsplit(url)
    return HttpFetcher(
        now=_clock,
        seconds=access.services.seconds or _SECONDS,
        services=access.services,
        may_go=_on_this_machine if access.loopback and _is_loopback(parts.hostname or "") else is_public,
        port=parts.port or 443,
        plain_port=parts.port or 80,
    )


def _on_this_machine(address: Address) -> bool:
    return address.is_loopback


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _clock() -> datetime:
    return datetime.now(UTC)


def _away(reason: str) -> UnreachableError:
    return UnreachableError(
        f"The signing service cannot be asked: {reason[:300]}",
        code="signing-service",
        facts={"reason": reason[:300]},
        action="A batch goes on by itself as soon as it answers. For anything else, try again later.",
    )
