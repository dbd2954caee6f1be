# SPDX-License-Identifier: Apache-2.0
"""The strict verifier: one flaw each, made from a validly signed badge."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.university import NOW, PURPOSES, MemorySigner, University
from tests.vectors.forgeries.forging import SUBJECT, codes, put

from gakusho.fetch import Fetched, OfflineFetcher
from gakusho.formats import Bakes, format_named
from gakusho.model.report import Headline, Knowledge, Outcome
from gakusho.registry import did_document
from gakusho.verifier.verify import Inquiry, verify, verify_proof

UNIVERSITY = University()
SEALED = UNIVERSITY.sealed()
BADGE: dict[str, Any] = json.loads(SEALED)
DID_URL = "https://aoba.example/.well-known/did.json"


def changed(change: Callable[[dict[str, Any]], Any]) -> bytes:
    document = copy.deepcopy(BADGE)
    change(document)
    return json.dumps(document, ensure_ascii=False).encode()


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from leaves(member, (*path, place))
    else:
        yield path


def at(path: tuple[str | int, ...]) -> Any:
    found: Any = BADGE
    for step in path:
        found = found[step]
    return found


# --- the good ones ---------------------------------------------------------------------------------


def test_a_badge_of_ours_is_valid_and_every_check_was_run() -> None:
    report = UNIVERSITY.verify(SEALED)
    assert (report.outcome, report.headline) == (Outcome.VALID, Headline.VALID)
    assert {
        "format.recognized",
        "format.readable",
        "format.rules",
        "proof.present",
        "proof.suite",
        "proof.purpose",
        "proof.created",
        "proof.key",
        "proof.complete",
        "proof.signature",
        "issuer.binding",
        "dates.valid-from",
        "status.revocation",
        "status.suspension",
        "status.refresh",
    } == codes(report, Outcome.VALID)


def test_who_the_issuer_is_is_said_apart() -> None:
    by_domain = UNIVERSITY.verify(SEALED).issuer
    assert by_domain is not None
    assert (by_domain.knowledge, by_domain.domain) == (Knowledge.DOMAIN, "aoba.example")
    other = University.by_key()
    by_key = other.verify(other.sealed()).issuer
    assert by_key is not None
    assert (by_key.knowledge, by_key.domain) == (Knowledge.KEY, None)
    forged = UNIVERSITY.verify(changed(put("name", value="博士"))).issuer
    assert forged is not None
    assert forged.knowledge is Knowledge.NOTHING


def test_members_in_another_order_and_spacing_say_the_same() -> None:
    turned = json.dumps(dict(reversed(BADGE.items())), indent=3).encode()
    assert UNIVERSITY.verify(turned).outcome is Outcome.VALID


@pytest.mark.parametrize("image", [b"png", b"svg"])
def test_a_baked_badge_is_taken_out_and_verified(image: bytes) -> None:
    from tests.unit.formats.test_baking import SVG, png

    baker = format_named("open-badges-3")
    assert isinstance(baker, Bakes)
    picture = png() if image == b"png" else SVG
    report = UNIVERSITY.verify(baker.bake(SEALED, picture))
    assert report.outcome is Outcome.VALID
    assert "image.credential" in codes(report, Outcome.VALID)
    assert UNIVERSITY.verify(picture).outcome is Outcome.UNKNOWN
    assert UNIVERSITY.verify(baker.bake(UNIVERSITY.sealed(form="vc-jwt"), picture)).outcome is Outcome.VALID


# --- changed after signing -------------------------------------------------------------------------


@pytest.mark.parametrize("path", list(leaves(BADGE)), ids=lambda path: "/".join(map(str, path)))
def test_no_leaf_can_be_changed(path: tuple[str | int, ...]) -> None:
    value = at(path)
    other = (not value) if isinstance(value, bool) else value + 1 if isinstance(value, int) else value + "x"
    report = UNIVERSITY.verify(changed(put(*path, value=other)))
    assert report.outcome is not Outcome.VALID
    assert report.headline in {Headline.NOT_GENUINE, Headline.NOT_CHECKED}


@pytest.mark.parametrize(
    "path",
    [path for path in leaves(BADGE) if path[0] != "@context"],
    ids=lambda path: "/".join(map(str, path)),
)
def test_no_leaf_can_be_removed(path: tuple[str | int, ...]) -> None:
    def remove(document: dict[str, Any]) -> None:
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]

    assert UNIVERSITY.verify(changed(remove)).outcome is not Outcome.VALID


UNSIGNED = {
    "undefined member": put("gpa", value="4.0"),
    "undefined member of the subject": put(SUBJECT, "honours", value="summa cum laude"),
    "undefined member of the achievement": put(SUBJECT, "achievement", "level", value="PhD"),
    "undefined type": put("type", 2, value="PhDDiploma"),
    "undefined type of the subject": put(SUBJECT, "type", 1, value="Doctor"),
    "index": put(SUBJECT, "@index", value="PhD"),
    "value with index": put("name", value={"@value": BADGE["name"], "@index": "PhD"}),
    "included": put("@included", value=[{"id": "urn:a:1", "name": "PhD"}]),
    "blank member": put(SUBJECT, "_:gpa", value="4.0"),
    "nest": put(SUBJECT, "@nest", value={"name": "PhD"}),
    "reverse": put(SUBJECT, "@reverse", value={"issuer": "urn:a:1"}),
    "language alone": put(SUBJECT, "narrative", value={"@language": "en"}),
    "keyword-like": put(SUBJECT, "@honours", value="PhD"),
    "empty name": put(SUBJECT, "", value="PhD"),
    "name with space": put(SUBJECT, "final grade", value="A"),
    "full address": put(SUBJECT, "https://schema.org/award", value="PhD"),
    "nested context": put(SUBJECT, "@context", value={"gpa": "https://other.example/gpa"}),
    "no vocabulary": put("@context", 2, value={"@vocab": None}),
    "unknown context": put("@context", 2, value="https://other.example/context.json"),
    "http context": put("@context", 0, value="http://www.w3.org/ns/credentials/v2"),
    "context with slash": put("@context", 0, value="https://www.w3.org/ns/credentials/v2/"),
    "context with hash": put("@context", 0, value="https://www.w3.org/ns/credentials/v2#"),
    "graph": put("@graph", value=[]),
    "string among objects": put("evidence", 1, value="PhD thesis"),
    "null": put(SUBJECT, "role", value=None),
    "member of the proof": put("proof", "expirationDate", value="2030-01-01T00:00:00Z"),
    "relative id": put(SUBJECT, "id", value="student-42"),
    "decomposed text": put("issuer", "name", value="青葉大学が"),
}


@pytest.mark.parametrize("change", UNSIGNED.values(), ids=UNSIGNED.keys())
def test_nothing_can_be_added_beside_what_was_signed(change: Callable[[dict[str, Any]], Any]) -> None:
    report = UNIVERSITY.verify(changed(change))
    assert report.outcome is Outcome.INVALID
    assert report.headline is Headline.NOT_GENUINE


OWN_WORDS = {
    "further context": put("@context", 2, value={"gpa": "https://other.example/gpa"}),
    "vocabulary": put("@context", 2, value={"@vocab": "https://other.example/"}),
}


@pytest.mark.parametrize("change", OWN_WORDS.values(), ids=OWN_WORDS.keys())
def test_what_says_itself_what_its_words_mean_is_never_valid(
    change: Callable[[dict[str, Any]], Any],
) -> None:
    report = UNIVERSITY.verify(changed(change))
    assert report.outcome is Outcome.UNKNOWN
    assert [one.code for one in report.checks if one.outcome is not Outcome.VALID] == ["context.inline"]


def split(*path: str) -> Callable[[dict[str, Any]], None]:
    """Say one object in two: the same in RDF, but no longer in one place of the file."""

    def change(document: dict[str, Any]) -> None:
        holder: Any = document
        for step in path[:-1]:
            holder = holder[step]
        whole = holder[path[-1]]
        whole = whole[0] if isinstance(whole, list) else whole
        last = list(whole)[-1]
        rest = {name: member for name, member in whole.items() if name != last}
        holder[path[-1]] = [rest, {"id": whole["id"], "type": whole.get("type", []), last: whole[last]}]
        if "type" not in whole:
            del holder[path[-1]][1]["type"]

    return change


@pytest.mark.parametrize(
    "path",
    [
        ("issuer",),
        (SUBJECT,),
        (SUBJECT, "achievement"),
        (SUBJECT, "achievement", "criteria"),
        ("evidence",),
        ("issuer", "address"),
    ],
)
def test_nothing_can_be_moved_out_of_sight(path: tuple[str, ...]) -> None:
    data = changed(split(*path))
    report = UNIVERSITY.verify(data)
    assert report.outcome is Outcome.INVALID


def test_an_entry_of_status_cannot_be_multiplied() -> None:
    assert UNIVERSITY.verify(
        changed(put("credentialStatus", value=BADGE["credentialStatus"] * 2))
    ).outcome is (Outcome.INVALID)


def test_names_cannot_be_swapped_by_another_context() -> None:
    def swap(document: dict[str, Any]) -> None:
        achievement = document[SUBJECT]["achievement"]
        achievement["name"], achievement["description"] = achievement["description"], achievement["name"]
        document["@context"].append(
            {"name": "https://schema.org/description", "description": "https://schema.org/name"}
        )

    assert UNIVERSITY.verify(changed(swap)).outcome is Outcome.INVALID


def test_the_text_is_json_with_one_meaning() -> None:
    twice = SEALED.replace(b'"name":', b'"name":"\xe5\x8d\x9a\xe5\xa3\xab","name":', 1)
    for data in (
        twice,
        SEALED + b" {}",
        b"\xef\xbb\xbf" + SEALED,
        SEALED.decode().encode("utf-16"),
        SEALED.decode().encode("utf-32-be"),
        SEALED.replace(b"124", b"NaN"),
        SEALED[:-1],
    ):
        assert UNIVERSITY.verify(data).outcome is Outcome.INVALID


# --- proof and issuer ------------------------------------------------------------------------------


@pytest.mark.parametrize("proof", [None, [], {}, "x", [BADGE["proof"], {}], [BADGE["proof"]] * 2])
def test_an_unsigned_credential_is_never_valid(proof: Any) -> None:
    assert UNIVERSITY.verify(changed(put("proof", value=proof))).headline is Headline.NOT_GENUINE
    assert UNIVERSITY.verify(changed(lambda document: document.pop("proof"))).headline is Headline.NOT_GENUINE


def test_a_real_university_named_by_another_key_is_found_out() -> None:
    forger = University.by_key(b"f" * 32)
    forged = forger.sealed(replace(forger.award(), issuer=UNIVERSITY.award().issuer))
    report = UNIVERSITY.verify(forged)
    assert report.headline is Headline.NOT_GENUINE
    assert codes(report, Outcome.INVALID) == {"issuer.binding"}
    assert report.issuer is not None
    assert report.issuer.knowledge is Knowledge.NOTHING
    proof_alone = verify_proof(forged, now=NOW, fetcher=UNIVERSITY.fetcher())
    assert proof_alone.outcome is Outcome.VALID


def test_a_key_that_is_not_for_issuing_is_refused() -> None:
    university = University()
    key = university.published_key(purposes=("authentication",))
    university.documents[DID_URL] = json.dumps(did_document(university.did, [key])).encode()
    assert "proof.key" in codes(university.verify(SEALED), Outcome.INVALID)


@pytest.mark.parametrize(
    "spoil",
    [
        {"id": "did:web:other.example"},
        {"verificationMethod": []},
        {"verificationMethod": None},
        {"verificationMethod": [{"id": "did:web:aoba.example#key-1", "type": "Multikey"}]},
        {"assertionMethod": []},
    ],
)
def test_a_did_document_without_the_key_does_not_bear_out_the_proof(spoil: dict[str, Any]) -> None:
    university = University()
    document = json.loads(university.documents[DID_URL]) | spoil
    university.documents[DID_URL] = json.dumps(document).encode()
    assert university.verify(SEALED).headline is Headline.NOT_GENUINE


@pytest.mark.parametrize(
    "spoil",
    [
        {"controller": "did:web:other.example"},
        {"controller": None},
        {"type": "RsaKey"},
        {"publicKeyMultibase": "z6Mk"},
        {"publicKeyMultibase": MemorySigner(b"o" * 32).public_key.multikey()},
        {"publicKeyMultibase": "z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP"},
        {"publicKeyJwk": {}},
        {"expires": "yesterday"},
        {"revoked": "2026-03-01T00:00:00Z"},
        {"expires": "2026-03-01T00:00:00Z"},
    ],
)
def test_a_spoiled_key_does_not_bear_out_the_proof(spoil: dict[str, Any]) -> None:
    university = University()
    document = json.loads(university.documents[DID_URL])
    document["verificationMethod"][0] |= spoil
    university.documents[DID_URL] = json.dumps(document).encode()
    assert university.verify(SEALED).headline is Headline.NOT_GENUINE


def test_a_retired_key_still_verifies_what_it_signed() -> None:
    university = University()
    key = university.published_key(expires=NOW + timedelta(days=1))
    university.documents[DID_URL] = json.dumps(did_document(university.did, [key])).encode()
    assert university.verify(SEALED, at=NOW + timedelta(days=900)).outcome is Outcome.VALID


def test_keys_of_small_order_are_refused() -> None:
    university = University()
    weak = b"\xed\x01\x01" + bytes(31)
    from gakusho.proof import multibase

    document = json.loads(university.documents[DID_URL])
    document["verificationMethod"][0]["publicKeyMultibase"] = multibase.encode(weak)
    university.documents[DID_URL] = json.dumps(document).encode()
    report = university.verify(
        changed(put("proof", "proofValue", value=multibase.encode(b"\x01" + bytes(63))))
    )
    found = next(check for check in report.checks if check.code == "proof.key")
    assert (found.outcome, found.facts["reason"]) == (Outcome.INVALID, "weak-key")


def test_an_issuer_who_cannot_be_asked_leaves_it_open() -> None:
    report = verify(SEALED, now=NOW, fetcher=OfflineFetcher())
    assert (report.outcome, report.headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED)
    assert "proof.key" in codes(report, Outcome.UNKNOWN)
    assert "status.revocation" in codes(report, Outcome.UNKNOWN)


# --- what is asked for ------------------------------------------------------------------------------


class Watched:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int = 1) -> Fetched:
        self.asked.append(url)
        return UNIVERSITY.fetcher().fetch(url, max_bytes=max_bytes)


def test_a_forger_sends_nobody_anywhere() -> None:
    watched = Watched()
    report = verify(changed(put("name", value="博士")), now=NOW, fetcher=watched)
    assert report.headline is Headline.NOT_GENUINE
    assert watched.asked == [DID_URL]


def test_one_inquiry_asks_once() -> None:
    watched = Watched()
    inquiry = Inquiry(now=NOW, fetcher=watched)
    for number in range(1, 4):
        assert inquiry.verify(UNIVERSITY.sealed(UNIVERSITY.award(number))).outcome is Outcome.VALID
    assert sorted(watched.asked) == sorted([DID_URL, *(UNIVERSITY.list_id(one) for one in PURPOSES)])


# --- hostile ---------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_flipped_byte_is_overlooked_and_none_raises(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(SEALED) - 1))
    bits = data.draw(st.integers(1, 255))
    spoiled = SEALED[:place] + bytes([SEALED[place] ^ bits]) + SEALED[place + 1 :]
    report = UNIVERSITY.verify(spoiled)
    if report.outcome is Outcome.VALID:
        assert json.loads(spoiled) == BADGE  # white space only


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_anything_at_all_gets_an_answer(data: bytes) -> None:
    assert UNIVERSITY.verify(data).outcome is not Outcome.VALID


@pytest.mark.parametrize(
    "data",
    [
        b'{"type": ["VerifiableCredential"], "@context": ' + b"[" * 100_000 + b"}",
        b'{"type": ["VerifiableCredential"], "a": "\\ud800"}',
        b'{"type": ["VerifiableCredential"], "a": 1e400}',
        b'{"type": ["VerifiableCredential"], "a": 9007199254740993}',
        b'{"type": ["VerifiableCredential"]}',
        b"%PDF-1.7 nothing",
        b"\x89PNG\r\n\x1a\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"eyJhbGciOiJub25lIn0.e30.",
    ],
)
def test_broken_input_is_a_finding(data: bytes) -> None:
    report = UNIVERSITY.verify(data)
    assert report.outcome is Outcome.INVALID
    assert report.headline is Headline.NOT_GENUINE


def test_a_poisoned_graph_ends_soon() -> None:
    names = [f"_:b{n}" for n in range(10)]
    nodes = [
        {"id": one, "type": "Related", "alignment": [{"id": other} for other in names if other != one]}
        for one in names
    ]
    report = UNIVERSITY.verify(changed(put(SUBJECT, "achievement", "related", value=nodes)))
    assert report.outcome is Outcome.INVALID


def test_many_files_of_many_issuers_are_verified_one_after_the_other() -> None:
    inquiry = Inquiry(now=NOW, fetcher=UNIVERSITY.fetcher())
    for number in range(300):
        key = University.by_key(number.to_bytes(32, "big"))
        award = key.award(status=())
        assert inquiry.verify(key.sealed(award)).outcome is Outcome.VALID
