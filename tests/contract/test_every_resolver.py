# SPDX-License-Identifier: Apache-2.0
"""What every way to know an issuer promises."""

from __future__ import annotations

import base64
import json

import pytest
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.errors import GakushoError
from gakusho.fetch import MemoryFetcher, OfflineFetcher
from gakusho.model.report import Knowledge
from gakusho.registry import Resolver, resolvers
from gakusho.verifier.directory import Directory

KEY = MemorySigner().public_key
JWK = base64.urlsafe_b64encode(json.dumps(KEY.jwk()).encode()).rstrip(b"=").decode()
KNOWN = {
    "did:key": (KEY.did_key(), KEY.multikey()),
    "did:jwk": (f"did:jwk:{JWK}", "0"),
    "did:web": ("did:web:aoba.example", "key-1"),
    "https": ("https://aoba.example/issuers/1", "key-1"),
}
CONTROLLED = {
    "id": KNOWN["https"][0],
    "verificationMethod": [
        {
            "id": f"{KNOWN['https'][0]}#key-1",
            "type": "Multikey",
            "controller": KNOWN["https"][0],
            "publicKeyMultibase": KEY.multikey(),
        }
    ],
    "assertionMethod": ["#key-1"],
}


@pytest.fixture(params=resolvers())
def resolver(request: pytest.FixtureRequest) -> Resolver:
    return resolvers()[request.param]


@pytest.fixture
def fetcher() -> MemoryFetcher:
    pages = {**University().documents, KNOWN["https"][0]: json.dumps(CONTROLLED).encode()}
    return MemoryFetcher(pages, now=lambda: NOW)


def test_every_resolver_has_an_example_here(resolver: Resolver) -> None:
    assert resolver.name in KNOWN


def test_each_takes_its_own_and_no_others(resolver: Resolver) -> None:
    for name, (did, _) in KNOWN.items():
        assert resolver.resolves(did) is (name == resolver.name)
    for other in ("", "did:", "http://aoba.example", "did:unknown:x", "DID:KEY:x"):
        assert not resolver.resolves(other)


def test_the_document_is_that_of_the_identifier(resolver: Resolver, fetcher: MemoryFetcher) -> None:
    did, _ = KNOWN[resolver.name]
    found = resolver.resolve(did, fetcher=fetcher, now=NOW)
    assert found.document["id"] == did
    assert found.knowledge in {Knowledge.KEY, Knowledge.DOMAIN}
    assert (found.domain is not None) is (found.knowledge is Knowledge.DOMAIN)
    assert found.source


def test_its_key_is_found_for_issuing(resolver: Resolver, fetcher: MemoryFetcher) -> None:
    did, fragment = KNOWN[resolver.name]
    method = Directory(fetcher=fetcher, now=NOW).method(f"{did}#{fragment}")
    assert method.key == KEY
    assert "assertionMethod" in method.purposes


@pytest.mark.parametrize("rest", ["", ":", "../x", "x\n", "%00", "z" * 5_000, "é", "a b", "#", "?"])
def test_a_malformed_identifier_is_an_error_with_a_reason(resolver: Resolver, rest: str) -> None:
    with pytest.raises(GakushoError) as caught:
        resolver.resolve(f"{resolver.name}:{rest}", fetcher=OfflineFetcher(), now=NOW)
    assert caught.value.code
