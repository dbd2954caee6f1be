# SPDX-License-Identifier: Apache-2.0
"""Worst cases of images, papers, packed lists and what hosts answer."""

from __future__ import annotations

import base64
import gzip
import struct
import zlib
from typing import Any

from tools.fuzz.case import (
    CLR,
    MEGABYTE,
    NOW,
    OB,
    PROOF,
    STRANGER,
    VC,
    Case,
    Json,
    badge,
    credential,
    filled,
    text,
    worst,
)
from tools.fuzz.worst_texts import token

from gakusho.formats._contexts import contexts
from gakusho.proof import ProofOptions
from gakusho.proof.data_integrity import add_proof

ROOM = MEGABYTE - 4_096


def sealed(document: Json) -> Json:
    """Give the document properly signed by a stranger, so that everything after the proof is looked at."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return add_proof(
        unsigned,
        suite="eddsa-rdfc-2022",
        signer=STRANGER,
        options=ProofOptions(verification_method=STRANGER.method, created=NOW),
        contexts=contexts(),
    )


# --- images ----------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes) -> bytes:
    """Give a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*inside: bytes, side: int = 1) -> bytes:
    """Give a PNG with these chunks in it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(inside) + chunk(b"IEND", b"")


@worst()
def png_text_bomb() -> Case:
    packed = zlib.compress(b"x" * 50_000_000, 9)
    return Case(data=png(chunk(b"iTXt", b"openbadgecredential\x00\x01\x00\x00\x00" + packed)))


@worst()
def png_text_of_brackets() -> Case:
    packed = zlib.compress(b'{"a":' + b"[" * 8_000_000, 9)
    return Case(data=png(chunk(b"iTXt", b"openbadgecredential\x00\x01\x00\x00\x00" + packed)))


@worst()
def png_text_of_a_badge() -> Case:
    """A badge of eight megabytes, in an image of a few kilobytes."""
    large = text(badge(evidence=[{"type": ["Evidence"], "name": "x" * 60}] * 60_000))
    packed = zlib.compress(large[: 8 * MEGABYTE], 9)
    return Case(data=png(chunk(b"iTXt", b"openbadgecredential\x00\x01\x00\x00\x00" + packed)))


@worst()
def png_chunks() -> Case:
    return Case(data=png(chunk(b"tEXt", b"") * 87_000))


@worst()
def png_sides() -> Case:
    return Case(data=png(chunk(b"IDAT", zlib.compress(b"\x00" * 1_000_000)), side=60_000))


@worst()
def svg_entities() -> Case:
    lines = [b'<!DOCTYPE svg [<!ENTITY a0 "ha">']
    lines += [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 30)]
    return Case(data=b"".join(lines) + b']><svg xmlns="http://www.w3.org/2000/svg">&a29;</svg>')


@worst()
def svg_depth() -> Case:
    return Case(data=b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 300_000)


@worst()
def svg_elements() -> Case:
    return Case(data=b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g/>" * 250_000 + b"</svg>")


@worst()
def svg_attributes() -> Case:
    inside = b" ".join(b'a%d="url(  x"' % n for n in range(50_000))
    return Case(data=b'<svg xmlns="http://www.w3.org/2000/svg"><g ' + inside + b"/></svg>")


@worst()
def svg_comments() -> Case:
    return Case(data=b"<!-- -->" * 130_000 + b"<svg")


@worst()
def svg_style() -> Case:
    inside = b"url(" + b" " * 900_000
    return Case(
        data=b'<svg xmlns="http://www.w3.org/2000/svg"><style>' + inside + b"expression" + b"</style></svg>"
    )


# --- papers ----------------------------------------------------------------------------------------


@worst("<<", "[", "(", "1 0 obj ")  # type: ignore[arg-type]
def pdf_of(part: str) -> Case:
    made = part.encode() * (ROOM // len(part))
    tail = b"\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
    return Case(data=b"%PDF-1.7\n" + made[: ROOM - 100] + tail)


def _pdf(objects: list[bytes]) -> bytes:
    data = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(data)


@worst()
def pdf_pages_in_a_circle() -> Case:
    return Case(
        data=_pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[2 0 R]>>>>",
                b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
            ]
        )
    )


@worst()
def pdf_stream_bomb() -> Case:
    packed = zlib.compress(b"\x00" * 100_000_000, 9)
    stream = b"<</Filter/FlateDecode/Length %d>>stream\n" % len(packed) + packed + b"\nendstream"
    attached = b"<</Type/Filespec/F(x.json)/UF(x.json)/EF<</F 3 0 R>>>>"
    names = b"<</Type/Catalog/AF[2 0 R]/Names<</EmbeddedFiles<</Names[(x.json) 2 0 R]>>>>>>"
    return Case(data=_pdf([names, attached, stream]))


@worst()
def pdf_signatures() -> Case:
    fields = b" ".join(b"%d 0 R" % n for n in range(2, 4_002))
    signature = (
        b"<</FT/Sig/T(a)/V<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
        b"/ByteRange[0 1 2 3]/Contents<30>>>>>"
    )
    catalog = b"<</Type/Catalog/AcroForm<</SigFlags 3/Fields[" + fields + b"]>>>>"
    return Case(data=_pdf([catalog, *[signature] * 4_000]))


@worst()
def pdf_revisions() -> Case:
    first = _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"])
    data = bytearray(first)
    start = first.rindex(b"startxref")
    previous = int(first[start:].split()[1])
    while len(data) < ROOM:
        place = len(data)
        data += b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
        now = len(data)
        data += b"xref\n2 1\n%010d 00000 n \ntrailer<</Size 3/Root 1 0 R/Prev %d>>\n" % (place, previous)
        data += b"startxref\n%d\n%%%%EOF\n" % now
        previous = now
    return Case(data=bytes(data))


# --- status, schemas, resources --------------------------------------------------------------------


def _listed(number: int, encoded: str) -> Json:
    return sealed(
        {
            "@context": [VC],
            "id": f"https://x.example/l{number}",
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": STRANGER.did,
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {
                "id": f"https://x.example/l{number}#list",
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encoded,
            },
        }
    )


@worst(10_000, 1_000_000, 8_388_608, 50_000_000)
def status_lists(size: int) -> Case:
    """As many lists as are asked for, each of this many bytes when it is expanded."""
    packed = base64.urlsafe_b64encode(gzip.compress(b"\x00" * size, 9)).rstrip(b"=").decode()
    entries = [
        {
            "id": f"https://x.example/l{n}#1",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": f"https://x.example/l{n}",
        }
        for n in range(32)
    ]
    documents = {f"https://x.example/l{n}": text(_listed(n, "u" + packed)) for n in range(32)}
    return Case(data=text(sealed(credential(credentialStatus=entries))), documents=documents)


@worst()
def status_lists_of_noise() -> Case:
    """Lists that hardly pack: two megabytes each on the wire."""
    import random

    noise = random.Random(1).randbytes(1_450_000)
    packed = base64.urlsafe_b64encode(gzip.compress(noise, 1)).rstrip(b"=").decode()
    entries = [
        {
            "id": f"https://x.example/l{n}#1",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "message",
            "statusListIndex": "1",
            "statusListCredential": f"https://x.example/l{n}",
        }
        for n in range(32)
    ]
    documents = {f"https://x.example/l{n}": text(_listed(n, "u" + packed)) for n in range(32)}
    return Case(data=text(sealed(credential(credentialStatus=entries))), documents=documents)


@worst()
def status_list_with_much_else() -> Case:
    """Lists that are themselves the largest documents that may be fetched."""
    entries = []
    documents = {}
    for n in range(32):
        entries.append(
            {
                "id": f"https://x.example/l{n}#1",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "1",
                "statusListCredential": f"https://x.example/l{n}",
            }
        )
        document = credential(
            id=f"https://x.example/l{n}",
            evidence=filled(lambda m: {"type": "urn:a:E", "name": f"{m}"}, at_most=16_000),
            type=["VerifiableCredential", "BitstringStatusListCredential"],
        )
        documents[f"https://x.example/l{n}"] = text(document)
    return Case(data=text(sealed(credential(credentialStatus=entries))), documents=documents)


@worst(33, 10_000)
def status_entries(number: int) -> Case:
    entries = filled(
        lambda n: {
            "id": f"https://x.example/l{n}#1",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "1",
            "statusListCredential": f"https://x.example/l{n}",
        },
        size=ROOM,
        at_most=number,
    )
    return Case(data=text(credential(credentialStatus=entries)))


@worst()
def schemas() -> Case:
    url = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
    parts = filled(lambda n: {"type": ["Evidence"], "name": 5, "id": f"x{n}"}, size=ROOM - 4_000)
    listed = [{"id": url, "type": "1EdTechJsonSchemaValidator2019"}] * 8
    return Case(data=text(badge(evidence=parts, credentialSchema=listed)))


@worst()
def related_resources() -> Case:
    listed = filled(
        lambda n: {"id": f"https://x.example/{n}", "digestSRI": "sha256-" + "A" * 43 + "="}, size=ROOM
    )
    return Case(data=text(credential(relatedResource=listed)))


@worst()
def pinned_resources() -> Case:
    listed = filled(lambda n: {"id": OB, "digestSRI": "sha512-" + "A" * 86 + "=="}, size=ROOM)
    return Case(data=text(credential(relatedResource=listed)))


@worst()
def endorsements() -> Case:
    def one(n: int) -> Json:
        return {
            "@context": [VC, OB],
            "id": f"urn:e:{n}",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "name": "x",
            "issuer": {"id": STRANGER.did, "type": ["Profile"]},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": "urn:a:achievement", "type": ["EndorsementSubject"]},
            "proof": dict(PROOF),
        }

    return Case(data=text(badge(endorsement=filled(one, size=ROOM))))


@worst()
def endorsement_tokens() -> Case:
    tokens = [token({"vc": n}).decode() for n in range(2_500)]
    return Case(data=text(badge(endorsementJwt=tokens)))


@worst(250, 5_000)
def transcript(number: int) -> Case:
    inside = filled(lambda n: badge(id=f"urn:b:{n}"), size=ROOM - 4_000, at_most=number)
    return Case(data=text(_record(inside)))


def _record(inside: list[object], **members: Any) -> Json:
    return {
        "@context": [VC, CLR, OB],
        "id": "urn:a:record",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "x",
        "issuer": {"id": STRANGER.did, "type": ["Profile"], "name": "x"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "urn:a:learner",
            "type": ["ClrSubject"],
            "verifiableCredential": inside,
            **members,
        },
        "proof": dict(PROOF),
    }


@worst()
def transcripts_nested() -> Case:
    inside: Json = _record(filled(lambda n: badge(id=f"urn:b:{n}"), size=ROOM - 8_000, at_most=250))
    for _ in range(4):
        inside = _record([inside])
    return Case(data=text(inside))


@worst()
def transcript_with_proofs() -> Case:
    """Records in records, each with all the proofs that may stand on one."""
    inside: Json = _record(filled(lambda n: badge(id=f"urn:b:{n}"), size=ROOM - 80_000, at_most=250))
    for _ in range(4):
        inside = {**_record([inside]), "proof": [{**PROOF, "id": f"urn:p:{n}"} for n in range(16)]}
    return Case(data=text(inside))


@worst()
def associations() -> Case:
    listed = filled(
        lambda n: {
            "type": "Association",
            "associationType": "isChildOf",
            "sourceId": f"urn:a:{n}",
            "targetId": f"urn:a:{n + 1}",
        },
        size=ROOM - 8_000,
    )
    return Case(data=text(_record([badge()], association=listed)))


# --- Open Badges 2.0 -------------------------------------------------------------------------------


@worst()
def assertion_with_evidence() -> Case:
    document = {
        "@context": "https://w3id.org/openbadges/v2",
        "id": "https://x.example/a",
        "type": "Assertion",
        "recipient": {"type": "email", "hashed": True, "salt": "a", "identity": "sha256$" + "0" * 64},
        "badge": "https://x.example/b",
        "issuedOn": "2026-01-01T00:00:00Z",
        "verification": {"type": "hosted"},
        "evidence": [f"https://x.example/{n}" for n in range(30_000)],
    }
    return Case(data=text(document), documents={"https://x.example/a": text(document)})


@worst()
def assertion_in_a_circle() -> Case:
    urls = [f"https://x.example/{n}" for n in range(100)]
    documents = {
        url: text(
            {
                "@context": "https://w3id.org/openbadges/v2",
                "id": url,
                "type": ["Assertion", "BadgeClass", "Issuer"],
                "name": "x",
                "recipient": {"type": "email", "hashed": False, "identity": "a@b.example"},
                "badge": urls[(n + 1) % 100],
                "issuer": urls[(n + 1) % 100],
                "issuedOn": "2026-01-01T00:00:00Z",
                "verification": {"type": "hosted"},
                "related": urls,
                "padding": "x" * 500_000,
            }
        )
        for n, url in enumerate(urls)
    }
    return Case(data=documents[urls[0]], documents=documents)
