# SPDX-License-Identifier: Apache-2.0
"""From the id of a key to the key, through the document of whoever controls it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.fakes.university import NOW, MemorySigner

from gakusho.errors import GakushoError, LimitError, NotFoundError, UnreachableError
from gakusho.fetch import MemoryFetcher
from gakusho.verifier.directory import Directory

DID = "did:web:aoba.example"
KEY = MemorySigner().public_key
METHOD: dict[str, Any] = {
    "id": f"{DID}#1",
    "type": "Multikey",
    "controller": DID,
    "publicKeyMultibase": KEY.multikey(),
}


def directory(**members: Any) -> Directory:
    document = {"id": DID, "verificationMethod": [METHOD], "assertionMethod": [f"{DID}#1"]} | members
    url = "https://aoba.example/.well-known/did.json"
    return Directory(fetcher=MemoryFetcher({url: json.dumps(document).encode()}, now=lambda: NOW), now=NOW)


def test_a_key_by_reference_is_found_with_what_it_is_for() -> None:
    found = directory().method(f"{DID}#1")
    assert (found.key, found.controller, found.purposes) == (KEY, DID, frozenset({"assertionMethod"}))
    assert found.time == NOW


def test_a_key_embedded_in_a_relationship_is_found() -> None:
    found = directory(verificationMethod=[], assertionMethod=[], authentication=[METHOD])
    assert found.method(f"{DID}#1").purposes == {"authentication"}


def test_relative_ids_are_those_of_the_document() -> None:
    relative = METHOD | {"id": "#1"}
    found = directory(verificationMethod=[relative], assertionMethod=["#1"]).method(f"{DID}#1")
    assert (found.id, found.purposes) == (f"{DID}#1", frozenset({"assertionMethod"}))


@pytest.mark.parametrize("kind", ["JsonWebKey", "JsonWebKey2020"])
def test_a_json_web_key_is_read(kind: str) -> None:
    method = {"id": f"{DID}#1", "type": kind, "controller": DID, "publicKeyJwk": KEY.jwk()}
    assert directory(verificationMethod=[method]).method(f"{DID}#1").key == KEY


def test_times_of_a_key_are_read() -> None:
    method = METHOD | {"expires": "2026-03-01T00:00:00Z", "revoked": "2026-04-01T09:00:00+09:00"}
    found = directory(verificationMethod=[method]).method(f"{DID}#1")
    assert found.expires == datetime(2026, 3, 1, tzinfo=UTC)
    assert found.revoked == datetime(2026, 4, 1, tzinfo=UTC)


def test_a_key_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        directory().method(f"{DID}#2")


@pytest.mark.parametrize(
    "method_id", ["", DID, f"{DID}#", "#1", "https://aoba.example/key#1", "did:unknown:x#1"]
)
def test_what_is_no_id_of_a_key_is_refused(method_id: str) -> None:
    with pytest.raises(GakushoError):
        directory().method(method_id)


@pytest.mark.parametrize(
    "methods",
    [
        [METHOD | {"controller": "did:web:other.example"}],
        [METHOD | {"type": "Unknown"}],
        [METHOD | {"publicKeyJwk": KEY.jwk()}],
        [METHOD | {"publicKeyMultibase": "z0"}],
        [METHOD | {"revoked": "soon"}],
        [METHOD, METHOD | {"publicKeyMultibase": MemorySigner(b"o" * 32).public_key.multikey()}],
        [
            {
                "id": f"{DID}#1",
                "type": "JsonWebKey",
                "controller": DID,
                "publicKeyJwk": KEY.jwk() | {"use": "enc"},
            }
        ],
    ],
)
def test_a_key_that_could_mean_two_things_is_refused(methods: list[dict[str, Any]]) -> None:
    with pytest.raises(GakushoError):
        directory(verificationMethod=methods).method(f"{DID}#1")


def test_thousands_of_keys_are_too_many() -> None:
    with pytest.raises(LimitError):
        directory(verificationMethod=[METHOD | {"id": f"{DID}#{n}"} for n in range(2, 1_000)]).method(
            f"{DID}#1"
        )


def test_an_answer_and_a_failure_are_remembered() -> None:
    found = directory()
    found.method(f"{DID}#1")
    found.fetcher = MemoryFetcher({}, now=lambda: NOW)
    assert found.method(f"{DID}#1").key == KEY


def test_one_verification_asks_only_so_many_and_the_next_begins_anew() -> None:
    found = directory()
    for number in range(40):
        with pytest.raises(GakushoError):
            found.method(f"did:web:u{number}.example#1")
    with pytest.raises(UnreachableError) as caught:
        found.method(f"{DID}#1")
    assert caught.value.code == "limit"
    found.begin()
    assert found.method(f"{DID}#1").key == KEY
