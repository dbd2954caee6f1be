# SPDX-License-Identifier: Apache-2.0
"""Forgeries about who issued, whether it still holds, who presents, and in what file."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.fakes.transcripts import transcript
from tests.fakes.university import NOW, MemorySigner, University
from tests.vectors.forgeries.forging import (
    SUBJECT,
    Json,
    badge,
    believed,
    changed,
    judged,
    open_to_doubt,
    put,
    refused,
    unsigned,
)

from gakusho.errors import InputError
from gakusho.formats import Bakes, format_named
from gakusho.formats._contexts import contexts
from gakusho.model.report import Headline, Knowledge, Outcome
from gakusho.proof import ProofOptions, data_integrity
from gakusho.registry import did_document
from gakusho.verifier.newest import NewestLists
from gakusho.verifier.presentation import verify_presentation
from gakusho.verifier.verify import verify

requirement = pytest.mark.requirement
UNIVERSITY = University()
BADGE = badge(UNIVERSITY)
LIST = "https://aoba.example/status/revocation"
DID_URL = "https://aoba.example/.well-known/did.json"


# --- who issued ------------------------------------------------------------------------------------


@requirement("Threat I01", "a perfect signature in a borrowed name says only whose key it is")
def test_a_borrowed_name() -> None:
    attacker = University.by_key(b"a" * 32)
    report = believed(attacker, attacker.sealed(attacker.award(status=())))
    assert report.issuer is not None
    assert report.issuer.id == attacker.did
    assert report.issuer.knowledge is Knowledge.KEY
    twin = believed(UNIVERSITY, BADGE).issuer
    assert twin is not None
    assert (twin.knowledge, twin.domain) == (Knowledge.DOMAIN, "aoba.example")


@requirement("Threat I02", "characters that hide or turn a name are not issued")
@pytest.mark.parametrize("character", ["\u202e", "\u200f", "\u2066", "\x00", "\x1b"])
def test_hidden_characters(character: str) -> None:
    with pytest.raises(InputError):
        UNIVERSITY.sealed(UNIVERSITY.award(narrative=f"青葉{character}大学"))
    assert UNIVERSITY.sealed(UNIVERSITY.award(narrative="青葉大学"))


@requirement("Threat I03", "a domain that looks like the university's is another domain")
@pytest.mark.parametrize(
    "did",
    [
        "did:web:aoba.example.evil.example",
        "did:web:aoba-example.example",
        "did:web:xn--aba-5cd.example",
        "did:web:%61oba.example",
        "did:web:AOBA.example",
        "did:web:aoba.example:..",
        "did:web:aoba.example%2f",
        "did:web:a@aoba.example",
        "did:web:aoba.example.",
    ],
)
def test_another_domain(did: str) -> None:
    made = changed(BADGE, put("issuer", "id", value=did))
    assert judged(UNIVERSITY, made).outcome is Outcome.INVALID
    made["proof"]["verificationMethod"] = f"{did}#key-1"
    report = verify(json.dumps(made).encode(), now=NOW, fetcher=UNIVERSITY.fetcher())
    assert report.outcome is not Outcome.VALID
    assert report.issuer is not None
    assert report.issuer.knowledge is Knowledge.NOTHING


RETIRED = datetime(2026, 3, 1, tzinfo=UTC)
BEFORE, AFTER = RETIRED - timedelta(days=10), RETIRED + timedelta(days=10)


@requirement(
    "Threat I10", "a key withdrawn on a day signs nothing after it, and before it only what others date"
)
@pytest.mark.parametrize(
    ("change", "created", "outcome"),
    [
        ({"expires": "2026-03-01T00:00:00Z"}, BEFORE, Outcome.VALID),
        ({"expires": "2026-03-01T00:00:00Z"}, AFTER, Outcome.INVALID),
        ({"revoked": "2026-03-01T00:00:00Z"}, BEFORE, Outcome.UNKNOWN),
        ({"revoked": "2026-03-01T00:00:00Z"}, AFTER, Outcome.INVALID),
        ({}, BEFORE, Outcome.VALID),
        ({}, AFTER, Outcome.VALID),
    ],
)
def test_old_keys(change: Json, created: datetime, outcome: Outcome) -> None:
    university = University()
    document = did_document(university.did, [university.published_key()])
    document["verificationMethod"][0] |= change
    university.documents[DID_URL] = json.dumps(document).encode()
    made = data_integrity.add_proof(
        {name: value for name, value in unsigned(BADGE).items() if name != "credentialStatus"},
        suite="eddsa-rdfc-2022",
        signer=university.signer,
        options=ProofOptions(verification_method=university.key_id, created=created),
        contexts=contexts(),
    )
    assert judged(university, made).outcome is outcome


# --- whether it still holds ------------------------------------------------------------------------


@requirement("Threat S01", "revoked and suspended are told, and the neighbor in the list is not touched")
@pytest.mark.parametrize(
    ("purpose", "headline"), [("revocation", Headline.REVOKED), ("suspension", Headline.SUSPENDED)]
)
def test_marked(purpose: str, headline: Headline) -> None:
    university = University()
    university.mark(university.award(), purpose)
    assert judged(university, university.sealed()).headline is headline
    believed(university, university.sealed(university.award(2)))


def _listed(**changes: Any) -> Callable[[University], bytes]:
    return lambda university: university.status_list("revocation", **changes)


def _subject(**changes: Any) -> Callable[[University], bytes]:
    def made(university: University) -> bytes:
        subject = json.loads(university.status_list("revocation"))[SUBJECT]
        return university.status_list("revocation", credentialSubject=subject | changes)

    return made


def _packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


WHOLE = gzip.compress(bytes(16_384), mtime=0)


def _bomb(university: University) -> bytes:
    packed = _packed(gzip.compress(bytes(100 * 1_048_576)))
    return _subject(encodedList=packed)(university)


LISTS: dict[str, tuple[str, Callable[[University], bytes | None]]] = {
    "S02 not found": ("list-unreachable", lambda _: None),
    "S02 a page": ("list-unreadable", lambda _: b"<html>404</html>"),
    "S03 unsigned": (
        "list-not-genuine",
        lambda u: json.dumps(unsigned(json.loads(u.status_list("revocation")))).encode(),
    ),
    "S03 another issuer": (
        "list-id",
        lambda _: University.by_key(b"o" * 32).status_list("revocation", id="https://aoba.example/other"),
    ),
    "S03 another key": (
        "list-not-genuine",
        lambda _: University(signer=MemorySigner(b"o" * 32)).status_list("revocation"),
    ),
    "S03 another issuer's list": (
        "list-issuer",
        lambda _: University.by_key(b"o" * 32).status_list("revocation"),
    ),
    "S03 another address": ("list-id", lambda u: u.status_list("suspension")),
    "S04 another purpose": ("status-verification", _subject(statusPurpose="suspension")),
    "S06 short": ("status-length", _subject(encodedList=_packed(gzip.compress(bytes(16_383))))),
    "S07 bomb": ("limit", _bomb),
    "S08 two members": (
        "status-encoding",
        _subject(encodedList=_packed(WHOLE + gzip.compress(b"\xff" * 16_384))),
    ),
    "S08 bytes after": ("status-encoding", _subject(encodedList=_packed(WHOLE + b"\x00"))),
    "S08 another sum": ("status-encoding", _subject(encodedList=_packed(WHOLE[:-8] + bytes(4) + WHOLE[-4:]))),
    "S08 cut off": ("status-encoding", _subject(encodedList=_packed(WHOLE[:-9]))),
    "S11 ended": ("list-stale", _listed(validUntil="2026-03-31T00:00:00Z")),
    "S11 not begun": ("list-stale", _listed(validFrom="2026-05-01T00:00:00Z")),
}


@requirement("Threat S02", "a list that cannot be had leaves it open, never valid")
@requirement("Threat S03", "a list that its issuer has not signed, or of another address, leaves it open")
@requirement("Threat S04", "a list for another purpose leaves it open")
@requirement("Threat S06", "a list shorter than the smallest herd leaves it open")
@requirement("Threat S07", "a list that expands without end leaves it open, at once")
@requirement("Threat S08", "a list that two readers expand differently leaves it open")
@requirement("Threat S11", "a list that has ended leaves it open")
@pytest.mark.parametrize(("reason", "spoil"), LISTS.values(), ids=LISTS.keys())
def test_lists(reason: str, spoil: Callable[[University], bytes | None]) -> None:
    university = University()
    believed(university, BADGE)
    made = spoil(university)
    if made is None:
        del university.documents[LIST]
    else:
        university.documents[LIST] = made
    open_to_doubt(university, BADGE, "status.revocation", reason)


INDEXES: tuple[Any, ...] = (
    "abc",
    "-1",
    "1.5",
    "+1",
    "01",
    1e3,
    True,
    "131072",
    str(2**64),
    "",
    " 1",
    "1\n",
    "１",
    None,
    [1],
)


@requirement("Threat S05", "a place in the list that is none is never taken for the first")
@pytest.mark.parametrize("index", INDEXES, ids=repr)
def test_places(index: Any) -> None:
    document = changed(unsigned(BADGE), put("credentialStatus", 0, "statusListIndex", value=index))
    try:
        made = UNIVERSITY.signed(document)
    except InputError:  # what cannot be signed
        made = json.dumps({**document, "proof": BADGE["proof"]}).encode()
    assert judged(UNIVERSITY, made).outcome is not Outcome.VALID


@requirement(
    "Threat S09", "the first place is the left-most bit, and the eighth the right-most of the first byte"
)
@pytest.mark.parametrize(("first", "place"), [(0x80, 0), (0x01, 7), (0x10, 3)])
def test_order_of_bits(first: int, place: int) -> None:
    university = University()
    whole = gzip.compress(bytes([first]) + bytes(16_383), mtime=0)
    university.documents[LIST] = _subject(encodedList=_packed(whole))(university)
    for index in range(9):
        award = university.award(status=(university.status_entry("revocation", index),))
        report = judged(university, university.sealed(award))
        assert report.headline is (Headline.REVOKED if index == place else Headline.VALID)


@requirement("Threat S10", "an older list, rightly signed, is not taken for today's")
def test_an_older_list() -> None:
    university, newest = University(), NewestLists()
    old = university.status_list("revocation", validFrom="2026-01-01T00:00:00Z")
    believed(university, BADGE, newest=newest)
    university.documents[LIST] = old
    assert judged(university, BADGE, newest=newest).outcome is Outcome.UNKNOWN
    believed(university, BADGE)


@requirement("Threat S13", "a status taken away from a signed credential is missed")
@pytest.mark.parametrize("value", ["gone", None, [], {}])
def test_a_status_taken_away(value: Any) -> None:
    made = {name: one for name, one in BADGE.items() if name != "credentialStatus"}
    refused(
        UNIVERSITY,
        made if value == "gone" else {**made, "credentialStatus": value},
        {"proof.signature", "format.readable", "proof.complete", "format.rules"},
    )


@requirement("Threat S14", "an end is taken to the second, a beginning to five minutes")
@pytest.mark.parametrize(
    ("start", "end", "headline"),
    [
        (NOW, NOW, Headline.VALID),
        (NOW - timedelta(days=1), NOW - timedelta(seconds=1), Headline.EXPIRED),
        (NOW + timedelta(minutes=5), None, Headline.VALID),
        (NOW + timedelta(minutes=5, seconds=1), None, Headline.NOT_YET_VALID),
        (datetime(2024, 2, 29, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), Headline.VALID),
    ],
)
def test_beginnings_and_ends(start: datetime, end: datetime | None, headline: Headline) -> None:
    award = UNIVERSITY.award(valid_from=start, valid_until=end)
    report = judged(UNIVERSITY, UNIVERSITY.sealed(award))
    assert report.headline is headline, report.checks


TIMES = (
    "2026-01-01T00:00:00",
    "2026-W01-1",
    "20260101T000000Z",
    "2026-01-01T24:00:00Z",
    "2026-02-29T00:00:00Z",
    "２０２６-01-01T00:00:00Z",
    "2026-01-01 00:00:00Z",
    "2026-01-01",
    "2026-01-01T00:00Z",
    "2026-01-01T00:00:00z ",
    "2026-01-01T00:00:00+25:00",
)


@requirement("Threat S15", "a time in another form is refused")
@pytest.mark.parametrize("value", TIMES)
def test_times(value: str) -> None:
    assert judged(UNIVERSITY, {**BADGE, "validFrom": value}).outcome is Outcome.INVALID
    key = UNIVERSITY.key
    made = data_integrity.add_proof(
        {**unsigned(BADGE), "validFrom": value},
        suite="eddsa-rdfc-2022",
        signer=key.signer,
        options=ProofOptions(verification_method=key.verification_method, created=NOW),
        contexts=contexts(),
    )
    assert judged(UNIVERSITY, made).outcome is Outcome.INVALID


@requirement("Threat S16", "a list is not asked for while anything else is doubtful")
def test_a_forger_sends_nobody_anywhere() -> None:
    evil = changed(BADGE, put("credentialStatus", 0, "statusListCredential", value="https://evil.example/l"))
    refused(UNIVERSITY, evil, {"proof.signature"})


# --- what is carried, and who presents -------------------------------------------------------------


@requirement("Threat L25", "one changed course inside a transcript makes the whole not genuine, and is named")
def test_a_transcript_with_one_changed_course() -> None:
    award = transcript(UNIVERSITY)
    data = format_named("clr-2").write([award], UNIVERSITY.sealing)[0].data
    good = believed(UNIVERSITY, data)
    document = json.loads(data)
    inside = document[SUBJECT]["verifiableCredential"][1]
    inside[SUBJECT]["achievement"]["name"] = "x"
    report = judged(UNIVERSITY, document)
    assert report.headline is Headline.NOT_GENUINE
    assert len(report.carried) == len(good.carried)
    assert [one.outcome for one in report.carried].count(Outcome.INVALID) == 1


@requirement("Threat P01", "an answer to another challenge, or for another verifier, is refused")
@requirement("Threat P05", "a credential that is changed inside a rightly signed presentation is found")
def test_presentations() -> None:
    holder = University.by_key(b"h" * 32)

    def shown(inside: Json) -> bytes:
        document = {
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": holder.did,
            "verifiableCredential": [inside],
        }
        options = ProofOptions(
            verification_method=holder.key_id,
            created=NOW,
            purpose="authentication",
            challenge="c-1",
            domain="employer.example",
        )
        made = data_integrity.add_proof(
            document, suite="eddsa-rdfc-2022", signer=holder.signer, options=options, contexts=contexts()
        )
        return json.dumps(made).encode()

    def outcome(data: bytes, **asked: Any) -> Outcome:
        return verify_presentation(data, now=NOW, fetcher=UNIVERSITY.fetcher(), **asked).outcome

    good = shown(BADGE)
    assert outcome(good, challenge="c-1", domain="employer.example") is Outcome.VALID
    for asked in (("c-2", "employer.example"), ("c-1", "other.example"), ("", "employer.example")):
        assert outcome(good, challenge=asked[0], domain=asked[1]) is Outcome.INVALID
    assert outcome(shown(changed(BADGE, put("name", value="博士"))), challenge="c-1") is Outcome.INVALID
    replayed = good.replace(b"c-1", b"c-2")
    assert outcome(replayed, challenge="c-2", domain="employer.example") is Outcome.INVALID


@requirement("Threat P03", "whoever presents is the holder named, or it is refused")
def test_another_presents() -> None:
    thief = University.by_key(b"t" * 32)
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [BADGE],
    }

    def outcome(holder: str) -> Outcome:
        options = ProofOptions(verification_method=thief.key_id, created=NOW, purpose="authentication")
        made = data_integrity.add_proof(
            {**document, "holder": holder},
            suite="eddsa-rdfc-2022",
            signer=thief.signer,
            options=options,
            contexts=contexts(),
        )
        data = json.dumps(made).encode()
        return verify_presentation(data, now=NOW, fetcher=UNIVERSITY.fetcher()).outcome

    assert outcome(thief.did) is Outcome.VALID
    assert outcome(University.by_key(b"h" * 32).did) is Outcome.INVALID


# --- in what file ----------------------------------------------------------------------------------


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 0))
PNG += _chunk(b"IDAT", zlib.compress(bytes(5))) + _chunk(b"IEND", b"")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'


def baked(image: bytes, data: bytes | None = None) -> bytes:
    form: object = format_named("open-badges-3")
    assert isinstance(form, Bakes)
    return form.bake(json.dumps(BADGE).encode() if data is None else data, image)


def within(image: bytes, inside: bytes) -> bytes:
    return image[:33] + inside + image[33:]


def _text(data: bytes, *, packed: bool = False, keyword: bytes = b"openbadgecredential") -> bytes:
    body = zlib.compress(data, 9) if packed else data
    return _chunk(b"iTXt", keyword + b"\x00" + bytes([packed, 0]) + b"\x00\x00" + body)


IMAGES: dict[str, tuple[str, bytes]] = {
    "F03 two": ("image.ambiguous", within(baked(PNG), _text(b"{}"))),
    "F03 two versions": ("image.ambiguous", within(baked(PNG), _text(b"{}", keyword=b"openbadges"))),
    "F03 another kind of text": (
        "image.ambiguous",
        within(baked(PNG), _chunk(b"tEXt", b"openbadgecredential\x00{}")),
    ),
    "F03 after the end": ("image", baked(PNG) + _text(b"{}")),
    "F04 entities": ("image", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + baked(SVG)),
    "F09 a page after the end": ("image", baked(PNG) + b"<html><script>alert(1)</script></html>"),
}


@requirement("Threat F01", "a packed text that expands without end is refused")
def test_a_text_that_expands_without_end() -> None:
    believed(UNIVERSITY, baked(PNG))
    bomb = within(PNG, _text(b" " * 50_000_000, packed=True))
    refused(UNIVERSITY, bomb, {"format.recognized"}, reason="limit")


@requirement("Threat F03", "an image with two credentials, or with anything after its end, is refused")
@requirement("Threat F04", "an SVG that declares entities is refused")
@requirement("Threat F09", "an image that is a page as well is refused")
@pytest.mark.parametrize(("reason", "image"), IMAGES.values(), ids=IMAGES.keys())
def test_images(reason: str, image: bytes) -> None:
    believed(UNIVERSITY, baked(PNG))
    believed(UNIVERSITY, baked(SVG))
    refused(UNIVERSITY, image, {"format.recognized"}, reason=reason)


@requirement("Threat F10", "the picture around a credential proves nothing; what is shown is what was signed")
def test_another_picture() -> None:
    plain = believed(UNIVERSITY, BADGE).credential
    for image in (PNG, SVG):
        assert believed(UNIVERSITY, baked(image)).credential == plain
    refused(UNIVERSITY, baked(PNG, json.dumps({**BADGE, "name": "博士"}).encode()), {"proof.signature"})
