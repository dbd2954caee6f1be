# SPDX-License-Identifier: Apache-2.0
"""Byte ranges and signature dictionaries that leave room for more than was signed.

Everything here is signed with the university's own key: nothing but the flaw itself can be the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.vectors.signed_pdf import by_hand as hand
from tests.vectors.signed_pdf.by_hand import LOCK, Signing, stream
from tests.vectors.signed_pdf.cases import Attack, cases
from tests.vectors.signed_pdf.good import by_hand, container

BY_HAND = "signed by hand with our key"
_USUAL = Signing(container=container())


def signed(**changes: Any) -> Attack:
    """Give the attack in which the page is signed otherwise in one point."""
    return lambda _: by_hand(**changes)


def ranged(ranges: Callable[[int, int, int], tuple[int, ...]]) -> Attack:
    """Give the attack in which the byte range is another one, and what it names is what is signed."""
    return signed(ranges=ranges)


def _hidden(length: int) -> Callable[[bytes], bytes]:
    """Write the container with a comment behind it that the byte range leaves out too."""
    return lambda der: b"<%b>" % der.hex().encode() + b"%" + b"x" * length + b"\n"


def _after_padding(der: bytes) -> bytes:
    """The container's zeros end in another object's bytes."""
    digits = der.hex().encode()
    return b"<%b%b>" % (digits[:-40], b"CAFE" * 10)


def _literal(der: bytes) -> bytes:
    """The container as a literal string instead of a hexadecimal one."""
    escaped = b"".join(b"\\%03o" % byte for byte in der)
    return b"(%b)" % escaped


def _spaced(der: bytes) -> bytes:
    """The container's digits with spaces between them."""
    digits = der.hex().encode()
    return b"<%b>" % b" ".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def _indirect(_: bytes) -> bytes:
    """The container is an object of its own: what lies around it is not signed with it."""
    made = by_hand()
    start = made.rindex(b"/Contents <") + len(b"/Contents ")
    end = made.index(b">", start) + 1
    parts = hand.taken_apart(made)
    value = parts.size - 1
    body = parts.objects[value].replace(made[start:end], b"%d 0 R" % parts.size)
    return hand.updated(made, {value: body, parts.size: made[start:end]})


def _in_object_stream(_: bytes) -> bytes:
    """The signature dictionary stands in an object stream, so the byte range cannot have it as it is."""
    made = by_hand()
    parts = hand.taken_apart(made)
    number, value = parts.size, parts.size - 1
    head = b"%d 0 " % value
    at = len(made)
    packed = stream(head + parts.objects[value], b"/Type/ObjStm/N 1/First %d" % len(head))
    made += b"%d 0 obj\n%b\nendobj\n" % (number, packed)
    table = len(made)
    rows = b"\2" + number.to_bytes(4) + b"\0\1" + at.to_bytes(4) + b"\0\1" + table.to_bytes(4) + b"\0"
    entries = b"/Type/XRef/Size %d/Index[%d 3]/W[1 4 1]/Root %d 0 R/Prev %d" % (
        number + 2,
        value,
        parts.root,
        parts.startxref,
    )
    made += b"%d 0 obj\n%b\nendobj\n" % (number + 1, stream(rows, entries))
    return made + b"startxref\n%d\n%%%%EOF\n" % table


def _tail_unsigned(start: int, end: int, size: int) -> tuple[int, ...]:
    return (0, start, end, size - end - 10)


def _wrapped(_: bytes) -> bytes:
    """Signature wrapping: the second signed part moves behind what the attacker writes there."""
    made = by_hand()
    start = made.rindex(b"/Contents <") + len(b"/Contents ")
    end = made.index(b">", start) + 1
    second, parts = made[end:], hand.taken_apart(made)
    forged = b"/Gakusho(forged)>>\nendobj\n"
    catalog = b"%d 0 obj\n%b\nendobj\n" % (parts.root, parts.catalog)
    body = made[:end] + forged
    at = len(body)
    body += catalog + b"xref\n0 1\n0000000000 65535 f \n%d 1\n%010d 00000 n \n" % (parts.root, at)
    body += b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\n" % (parts.size, parts.root, parts.startxref)
    moved = len(body)
    body += second
    old = b"/ByteRange [0 %d %d %d]" % (start, end, len(made) - end)
    assert old in body
    new = b"/ByteRange [0 %d %d %d]" % (start, moved, len(second))
    return body.replace(old, new.ljust(len(old)))


def _locked_otherwise(lock: bytes) -> Attack:
    return signed(lock=lock)


_RANGE, _CERTIFIED, _SIGNATURE = "pdf.byte-range", "pdf.certified", "pdf.signature"
_FIELD_LOCK = LOCK.replace(b"DocMDP", b"FieldMDP").replace(b"/P %d", b"/Action/All")
_ENTRIES = b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
_RIGHTS = b"/Reference[<</Type/SigRef/TransformMethod/UR3/TransformParams<</Type/TransformParams/V/2.2>>>>]"

CASES = (
    *cases(
        "byte range",
        BY_HAND,
        ("byte range begins behind the header", ranged(lambda s, e, n: (9, s - 9, e, n - e)), _RANGE),
        ("byte range with a gap wider than the container", signed(gap=_hidden(30)), _RANGE),
        ("byte range that overlaps itself", ranged(lambda s, e, n: (0, s, s - 20, n - s + 20)), _RANGE),
        ("byte range beyond the end", ranged(lambda s, e, n: (0, s, e, n - e + 999)), _RANGE),
        ("byte range of three pairs", ranged(lambda s, e, n: (0, s, e, 40, e + 40, n - e - 40)), _RANGE),
        ("byte range of one pair", ranged(lambda s, e, n: (0, s)), _RANGE),
        ("byte range of three numbers", ranged(lambda s, e, n: (0, s, e, n - e, 7, 0)), _RANGE),
        ("byte range that leaves out the end", ranged(_tail_unsigned), "pdf.coverage"),
        (
            "byte range that leaves out a part of the page",
            ranged(lambda s, e, n: (0, 900, 1_000, n - 1_000)),
            _RANGE,
        ),
        ("byte range missing, by our own key", signed(ranges=lambda s, e, n: ()), _CERTIFIED),
    ),
    *cases(
        "signature container in the file",
        BY_HAND,
        ("padding that is not zero", signed(gap=_after_padding), _RANGE),
        ("container as a literal string", signed(gap=_literal, reserved=4_000), _RANGE),
        ("container with spaces in it", signed(gap=_spaced, reserved=4_000), _RANGE),
        ("container that is an object of its own", _indirect, "pdf.coverage"),
        ("signature in an object stream", _in_object_stream, "pdf.coverage"),
        ("second signed part moved behind forged objects", _wrapped, "pdf.readable"),
    ),
    *cases(
        "certification",
        BY_HAND,
        ("certification without an entry in the catalog", signed(permissions=b""), _CERTIFIED),
        (
            "catalog names another object as certification",
            signed(permissions=b"/Perms<</DocMDP 1 0 R>>"),
            _CERTIFIED,
        ),
        ("certification by the catalog alone", signed(lock=b""), _CERTIFIED),
        ("form filling permitted, by hand", _locked_otherwise(LOCK % 2), _CERTIFIED),
        ("annotations permitted, by hand", _locked_otherwise(LOCK % 3), _CERTIFIED),
        ("permission that does not exist", _locked_otherwise(LOCK % 9), _CERTIFIED),
        ("permission that is not said", _locked_otherwise(LOCK.replace(b"/P %d", b"")), _CERTIFIED),
        ("fields locked instead of the document", _locked_otherwise(_FIELD_LOCK), _CERTIFIED),
        ("usage rights instead of a certification", _locked_otherwise(_RIGHTS), _CERTIFIED),
    ),
    *cases(
        "signature dictionary",
        BY_HAND,
        (
            "sub-filter of a bare signature value",
            signed(
                entries=b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.x509.rsa_sha1/M(D:20260325013000Z)"
            ),
            _SIGNATURE,
        ),
        (
            "sub-filter with a SHA-1 of the document",
            signed(entries=b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.sha1/M(D:20260325013000Z)"),
            _SIGNATURE,
        ),
        (
            "sub-filter that does not exist",
            signed(entries=b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/Gakusho/M(D:20260325013000Z)"),
            _SIGNATURE,
        ),
    ),
)
