# SPDX-License-Identifier: Apache-2.0
"""From an issuer's id to its keys, and who says so; whether to trust that is a policy's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol, runtime_checkable

from gakusho import plugins
from gakusho.errors import UnreachableError
from gakusho.fetch import Fetcher
from gakusho.model.report import Knowledge


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """A DID document, and where it came from."""

    document: Mapping[str, Any]
    source: str
    time: datetime | None
    knowledge: Knowledge
    domain: str | None = None
    methods: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What readers of the document found in it, by the id of the method, so that they look once."""


@runtime_checkable
class Resolver(Protocol):
    """One way to know an issuer (``RESOLVER`` in ``registry/``)."""

    name: str

    def resolves(self, identifier: str) -> bool:
        """Tell whether this resolver is the one for the identifier."""

    def resolve(self, identifier: str, *, fetcher: Fetcher, now: datetime) -> Resolution:
        """Give the document.

        Raises: UnreachableError (could not be asked), InputError (malformed), NotFoundError.
        """


@cache
def resolvers() -> dict[str, Resolver]:
    """Give every resolver there is, by name."""
    import gakusho.registry as package

    return plugins.implementations(package, Resolver, "RESOLVER")


def resolve(identifier: str, *, fetcher: Fetcher, now: datetime) -> Resolution:
    """Give the DID document of the identifier, from the one resolver for it.

    Raises:
        UnreachableError: it could not be asked; so too when nobody here knows its method (``did-method``).
        InputError: the identifier is malformed, or its document is not its own.
        NotFoundError: there is no such identifier.
    """
    for resolver in resolvers().values():
        if resolver.resolves(identifier):
            return resolver.resolve(identifier, fetcher=fetcher, now=now)
    raise UnreachableError(
        f"Nobody here knows how to find the keys of {identifier[:200]!r}.",
        code="did-method",
        facts={"got": identifier[:200], "expected": ", ".join(resolvers())},
    )


@dataclass(frozen=True, kw_only=True)
class PublishedKey:
    """A public key as an institution publishes it."""

    id: str
    """``did:…#fragment``."""
    multikey: str
    """``z…``: the Multikey form. Controlled Identifiers 1.0, section 2.2.2."""
    jwk: Mapping[str, str] | None = None
    """The JSON Web Key to publish instead (section 2.2.3): for RSA, of which 2.2.2 names no Multikey."""
    purposes: tuple[str, ...] = ("assertionMethod", "authentication")
    expires: datetime | None = None
    """Retired: it stays published, so that what it signed before still verifies."""
    revoked: datetime | None = None
    """Not to be trusted from this time on."""


def did_document(
    did: str, keys: Sequence[PublishedKey], *, also_known_as: Sequence[str] = ()
) -> dict[str, Any]:
    """Give the DID document to publish: every key the institution ever had, with its times."""
    methods = [_published(did, key) for key in keys]
    contexts = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    if any(method["type"] == "JsonWebKey" for method in methods):
        contexts.append("https://w3id.org/security/jwk/v1")
    document: dict[str, Any] = {"@context": contexts, "id": did}
    if also_known_as:
        document["alsoKnownAs"] = list(also_known_as)
    document["verificationMethod"] = methods
    for purpose in ("assertionMethod", "authentication"):
        if ids := [key.id for key in keys if purpose in key.purposes]:
            document[purpose] = ids
    return document


def _published(did: str, key: PublishedKey) -> dict[str, Any]:
    method: dict[str, Any] = {"id": key.id, "type": "Multikey", "controller": did}
    if key.jwk is None:
        method["publicKeyMultibase"] = key.multikey
    else:
        method |= {"type": "JsonWebKey", "publicKeyJwk": dict(key.jwk)}
    for member, moment in (("expires", key.expires), ("revoked", key.revoked)):
        if moment is not None:
            method[member] = moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return method
