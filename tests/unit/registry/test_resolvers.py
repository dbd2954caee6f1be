# SPDX-License-Identifier: Apache-2.0
"""From DIDs to documents, and nothing that only looks like a DID."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from gakusho.errors import InputError, UnreachableError
from gakusho.fetch import MemoryFetcher, OfflineFetcher
from gakusho.model.report import Knowledge
from gakusho.registry import PublishedKey, did_document, resolve
from gakusho.registry.did_web import did_web_address

NOW = datetime(2026, 4, 1, tzinfo=UTC)
MULTIKEY = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:aoba.example", "https://aoba.example/.well-known/did.json"),
        ("did:web:aoba.example:issuers:1", "https://aoba.example/issuers/1/did.json"),
        ("did:web:xn--fiqs8s.example", "https://xn--fiqs8s.example/.well-known/did.json"),
    ],
)
def test_a_did_web_has_one_address(did: str, url: str) -> None:
    assert did_web_address(did)[1] == url


@pytest.mark.parametrize(
    "identifier",
    [
        "localhost",
        "localhost%3A8080",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "1.2.3.0x4",
        "2130706433",
        "aoba.example%3a8080",
        "aoba.example%3A443",
        "a%2e%2e%2fb.example",
        "aoba.example:..:etc",
        "aoba.example:%2e%2e:etc",
        "aoba.example:a/b",
        "aoba.example::a",
        "aoba.example:",
        "user@aoba.example",
        "aoba.example.",
        ".aoba.example",
        "-aoba.example",
        "Aoba.example",
        "aoba.example?x",
        "aoba.example#key",
        "aoba .example",
        "大学.example",
        "[::1]",
        "",
        "a" * 70 + ".example",
        "aoba.example\n",
        "aoba.example:" + "a:" * 600 + "a",
    ],
)
def test_what_could_lead_elsewhere_is_no_did_web(identifier: str) -> None:
    with pytest.raises(InputError):
        resolve(f"did:web:{identifier}", fetcher=OfflineFetcher(), now=NOW)


def test_a_did_web_makes_the_domain_known() -> None:
    document = did_document("did:web:aoba.example", [])
    fetcher = MemoryFetcher(
        {"https://aoba.example/.well-known/did.json": json.dumps(document).encode()}, now=lambda: NOW
    )
    found = resolve("did:web:aoba.example", fetcher=fetcher, now=NOW)
    assert (found.knowledge, found.domain, found.time) == (Knowledge.DOMAIN, "aoba.example", NOW)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"id": "did:web:other.example"}',
        b"{}",
        b'{"id": "did:web:aoba.example", "id": "did:web:aoba.example"}',
        b'{"id": "did:web:aoba.example", "x": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_another_document_is_not_the_dids(data: bytes) -> None:
    fetcher = MemoryFetcher({"https://aoba.example/.well-known/did.json": data}, now=lambda: NOW)
    with pytest.raises(InputError):
        resolve("did:web:aoba.example", fetcher=fetcher, now=NOW)


def test_an_unreachable_domain_is_not_an_invalid_did() -> None:
    with pytest.raises(UnreachableError):
        resolve("did:web:aoba.example", fetcher=OfflineFetcher(), now=NOW)


def test_a_did_key_is_its_own_document() -> None:
    did = f"did:key:{MULTIKEY}"
    found = resolve(did, fetcher=OfflineFetcher(), now=NOW)
    assert found.knowledge is Knowledge.KEY
    assert found.document["verificationMethod"] == [
        {
            "id": f"{did}#{MULTIKEY}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": MULTIKEY,
        }
    ]
    assert found.document["assertionMethod"] == [f"{did}#{MULTIKEY}"]


def test_a_did_jwk_is_its_own_document() -> None:
    # the example of the did:jwk method, with a P-256 key
    did = (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyV"
        "jAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    )
    found = resolve(did, fetcher=OfflineFetcher(), now=NOW)
    assert found.document["verificationMethod"][0]["publicKeyJwk"]["crv"] == "P-256"
    assert found.document["assertionMethod"] == [f"{did}#0"]


@pytest.mark.parametrize(
    "did",
    [
        "did:key:",
        "did:key:z0OIl",
        f"did:key:{MULTIKEY}#{MULTIKEY}",
        f"did:key:{MULTIKEY}/path",
        f"did:key:u{MULTIKEY}",
        "did:jwk:e30",
        "did:jwk:" + "A" * 40,
    ],
)
def test_what_cannot_be_resolved_is_an_error_of_the_input(did: str) -> None:
    with pytest.raises(InputError):
        resolve(did, fetcher=OfflineFetcher(), now=NOW)


def test_retired_keys_stay_published_with_their_end() -> None:
    keys = [
        PublishedKey(id="did:web:aoba.example#1", multikey=MULTIKEY, expires=NOW),
        PublishedKey(id="did:web:aoba.example#2", multikey=MULTIKEY, purposes=("assertionMethod",)),
    ]
    document = did_document("did:web:aoba.example", keys, also_known_as=["https://aoba.example/"])
    assert document["verificationMethod"][0]["expires"] == "2026-04-01T00:00:00Z"
    assert document["assertionMethod"] == ["did:web:aoba.example#1", "did:web:aoba.example#2"]
    assert document["authentication"] == ["did:web:aoba.example#1"]
    assert document["alsoKnownAs"] == ["https://aoba.example/"]


@pytest.mark.parametrize("identifier", ["did:ion:whatever", "http://aoba.example/issuer", "urn:a:1", ""])
def test_a_method_nobody_here_knows_leaves_it_open(identifier: str) -> None:
    with pytest.raises(UnreachableError) as caught:
        resolve(identifier, fetcher=OfflineFetcher(), now=NOW)
    assert caught.value.code == "did-method"
