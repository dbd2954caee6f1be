# SPDX-License-Identifier: Apache-2.0
"""Time-stamps and archives: tokens of others, authorities that may not stamp, updates that carry more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.fakes.archive import TIME, authority
from tests.vectors.signed_pdf import by_hand as hand
from tests.vectors.signed_pdf.archives import archived_by_hand, content_of, newest
from tests.vectors.signed_pdf.by_hand import Objects, Parts, stream, taken_apart, with_entries
from tests.vectors.signed_pdf.cases import Attack, cases
from tests.vectors.signed_pdf.certificates import STAMPING, Usage, certificate, key, root
from tests.vectors.signed_pdf.good import Lists, by_hand, container, leveled, twin
from tests.vectors.signed_pdf.making import NOW
from tests.vectors.signed_pdf.tokens import token

from gakusho.formats import Level
from gakusho.model.report import Outcome

STAMPED = "time-stamped by hand"
BY_HAND = "B-LTA, one more time-stamp by hand"
_STAMPER = Usage(purposes=STAMPING, critical=True)


def stamped(how: Callable[[bytes], bytes] = token) -> bytes:
    """Give the page signed by our own key, with a time-stamp beside the signature."""
    return by_hand(cms=container(token=how))


def _token(**changes: Any) -> Attack:
    return lambda _: stamped(lambda signature: token(signature, **changes))


def _by(usage: Usage = _STAMPER, kind: str = "P-256", **certified: Any) -> Attack:
    """Give the attack in which another certificate is the time-stamping one's."""

    def make(_: bytes) -> bytes:
        holder = key(kind, "stamper")
        leaf = certificate(holder, subject=TIME, usage=usage, **certified)
        chain = (leaf, authority(TIME).certificate)
        return stamped(lambda signature: token(signature, holder=holder, chain=chain))

    return make


def _too_early(_: bytes) -> bytes:
    holder, begun = key("P-256", "stamper"), NOW - timedelta(days=50)
    chain = (certificate(holder, subject=TIME, usage=_STAMPER, begins=begun), authority(TIME).certificate)
    time = NOW - timedelta(days=40)
    return stamped(lambda signature: token(signature, holder=holder, chain=chain, gen_time=time))


def _strangers(_: bytes) -> bytes:
    """A time-stamp of an authority that anybody could have made, in the name of the true one."""
    above, holder = key("P-256", "false time"), key("P-256", "stamper")
    false = root(above, TIME)
    leaf = certificate(holder, subject=TIME, issuer=(above, false), usage=_STAMPER)
    return stamped(lambda signature: token(signature, holder=holder, chain=(leaf, false)))


def _own_key(_: bytes) -> bytes:
    """A time-stamp by the key that signed the document."""
    signing = container()
    return stamped(lambda signature: token(signature, holder=signing.key, chain=tuple(signing.certificates)))


def _not_signed(_: bytes) -> bytes:
    def broken(signature: bytes) -> bytes:
        made = bytearray(token(signature))
        made[-1] ^= 1
        return bytes(made)

    return stamped(broken)


# --- archives ---------------------------------------------------------------------------------------


def _archived(**more: Any) -> bytes:
    return archived_by_hand(twin("B-LTA"), **more)


def _newest_of_another(good: bytes) -> bytes:
    return newest(good, lambda _: token(b"another document"))


def _newest_broken(good: bytes) -> bytes:
    def broken(container: bytes) -> bytes:
        length = 4 + int.from_bytes(container[2:4])
        return container[: length - 1] + bytes((container[length - 1] ^ 1,)) + container[length:]

    return newest(good, broken)


def _newest_by(usage: Usage = _STAMPER, **certified: Any) -> Attack:
    def make(good: bytes) -> bytes:
        holder = key("P-256", "stamper")
        chain = (certificate(holder, subject=TIME, usage=usage, **certified), authority(TIME).certificate)
        return newest(good, lambda _: token(content_of(good), holder=holder, chain=chain))

    return make


def _newest_before(good: bytes) -> bytes:
    """The newest time-stamp says that it is older than the one before."""
    return newest(good, lambda _: token(content_of(good), gen_time=NOW - timedelta(days=20)))


def _newest_signed_document(good: bytes) -> bytes:
    """A plain signature where the time-stamp should be."""
    return newest(good, lambda _: container()(content_of(good)))


def stored(change: Callable[[Parts], Objects], store: bytes = b"/DSS<</Certs[]>>") -> Attack:
    """Give the attack in which an update of the security store carries something else too."""

    def make(good: bytes) -> bytes:
        parts = taken_apart(good)
        catalog = re.sub(rb"/DSS \d+ 0 R", b"", parts.catalog)
        objects = {parts.root: with_entries(catalog, store), **change(parts)}
        return hand.updated(good, objects)

    return make


def _page_too(parts: Parts) -> Objects:
    content = stream(b"q 1 g 0 0 600 400 re f Q")
    page = re.sub(
        rb"/Contents (\d+ 0 R)", b"/Contents [ \\1 %d 0 R ]" % parts.size, parts.objects[parts.page]
    )
    return {parts.page: page, parts.size: content}


def _attachment_too(parts: Parts) -> Objects:
    number = min(one for one, body in parts.objects.items() if b"/Type/EmbeddedFile" in body)
    return {
        number: stream(b'{"type":["VerifiableCredential"]}', b"/Type/EmbeddedFile/Subtype/application#2Fvc")
    }


def _field_too(parts: Parts) -> Objects:
    made = b"<</FT/Tx/Type/Annot/Subtype/Widget/T(grade)/V(A+)/DA(/Helv 12 Tf 0 g)/Rect[100 500 300 530]>>"
    number = parts.size + 9
    page = re.sub(rb"/Annots \[", b"/Annots [ %d 0 R" % number, parts.objects[parts.page])
    return {parts.page: page, number: made}


def _certificate_is_a_page(parts: Parts) -> Objects:
    """The security store names the page's content as one of its certificates."""
    content = int(re.findall(rb"/Contents (\d+) 0 R", parts.objects[parts.page])[0])
    return {content: stream(b"q 1 g 0 0 600 400 re f Q")}


def _revoked(days: int) -> Attack:
    """Give the attack in which the list inside says that our certificate was revoked so many days after."""
    moment = NOW + timedelta(days=days)
    return lambda _: leveled("P-256", Level.B_LT, Lists(revoked=[(7, moment)]))


_PAINTED = b"/Rect[100 400 500 700]/AP<</N %d 0 R>>"
_WHITE = stream(b"1 g 0 0 400 300 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 400 300]")
_TIME, _ARCHIVE, _COVERAGE, _REVOCATION = "pdf.time", "pdf.archive", "pdf.coverage", "pdf.revocation"

CASES = (
    *cases(
        "time-stamp",
        STAMPED,
        (
            "time-stamp of another document",
            _token(message_imprint={"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}),
            _TIME,
        ),
        ("time-stamp whose signature does not fit", _not_signed, _TIME),
        ("time-stamp with a digest of SHA-1", _token(digest="sha1"), _TIME, Outcome.UNKNOWN),
        ("time-stamp that names another certificate", _token(named=b"other"), _TIME),
        (
            "time-stamp of an authority that had expired",
            _by(begins=NOW - timedelta(days=400), ends=NOW - timedelta(days=3)),
            _TIME,
        ),
        ("time-stamp by a certificate for nothing in particular", _by(Usage(purposes=())), _TIME),
        (
            "time-stamp by a certificate for something else too",
            _by(Usage(purposes=(*STAMPING, ExtendedKeyUsageOID.CODE_SIGNING), critical=True)),
            _TIME,
        ),
        ("time-stamp by a certificate whose purpose is not critical", _by(Usage(purposes=STAMPING)), _TIME),
        ("time-stamp by a weak key", _by(kind="RSA-1024"), _TIME),
        ("time-stamp by the document's own key", _own_key, _TIME),
        ("time-stamp from before the certificate", _too_early, "pdf.signer-key"),
        ("time-stamp from the future", _token(gen_time=NOW + timedelta(days=300)), _TIME),
    ),
    *cases(
        "archive",
        "B-LTA",
        ("newest time-stamp is another document's", _newest_of_another, _ARCHIVE),
        ("newest time-stamp is broken", _newest_broken, _ARCHIVE),
        (
            "newest time-stamp by an expired certificate",
            _newest_by(begins=NOW - timedelta(days=400), ends=NOW - timedelta(days=3)),
            _ARCHIVE,
        ),
        ("newest time-stamp by a certificate for something else", _newest_by(Usage()), _ARCHIVE),
        ("newest time-stamp is older than what it covers", _newest_before, _ARCHIVE),
        ("newest time-stamp is a plain signature", _newest_signed_document, _ARCHIVE),
    ),
    *cases(
        "archive updates that carry more",
        "B-LTA",
        ("security store, and something over the page", stored(_page_too), _COVERAGE),
        ("security store, and another attachment", stored(_attachment_too), _COVERAGE),
        (
            "security store that shares the page's content",
            stored(_certificate_is_a_page, b"/DSS<</Certs[66 0 R]>>"),
            _COVERAGE,
        ),
        (
            "security store, and an action",
            stored(lambda parts: {}, b"/DSS<<>>/OpenAction<</S/JavaScript/JS(1)>>"),
            _COVERAGE,
        ),
    ),
    *cases(
        "archive updates that carry more",
        BY_HAND,
        (
            "time-stamp painted over the page",
            lambda _: _archived(widget=_PAINTED, more=(_WHITE,)),
            _COVERAGE,
        ),
        (
            "time-stamp whose tool tip is no text",
            lambda _: _archived(widget=b"/Rect[0 0 0 0]/TU<</N %d 0 R>>", more=(_WHITE,)),
            _COVERAGE,
        ),
        ("time-stamp, and something over the page", lambda _: _archived(change=_page_too), _COVERAGE),
        ("time-stamp, and another attachment", lambda _: _archived(change=_attachment_too), _COVERAGE),
        ("time-stamp, and a form field", lambda _: _archived(change=_field_too), _COVERAGE),
    ),
    *cases(
        "revocation",
        "B-LT",
        ("certificate revoked before it signed", _revoked(-1), _REVOCATION),
    ),
)
