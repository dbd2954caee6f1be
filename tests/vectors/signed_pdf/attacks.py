# SPDX-License-Identifier: Apache-2.0
"""Files with one flaw each, made from a good one; the classes are those of pdf-insecurity.org.

Every attack takes the bytes of a good file and gives the bad one. ``ATTACKS`` says which check must
refuse it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pikepdf
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic as pyhanko_generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from tests.vectors.signed_pdf import making
from tests.vectors.signed_pdf.making import LINK, NOW, award, badge, chain, issued, university

from gakusho.formats._pdf.cms import CmsTemplate
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import Attachment, typeset
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.learner import PersonName
from gakusho.proof.signers.encrypted_key import KeptSigner

Attack = Callable[[bytes], bytes]

generic: Any = pyhanko_generic


@dataclass(frozen=True, kw_only=True)
class Case:
    """One flaw, and the check that must find it."""

    name: str
    make: Attack
    refused_by: str


def _updated(change: Callable[[Any], None]) -> Attack:
    def make(good: bytes) -> bytes:
        writer: Any = IncrementalPdfFileWriter(io.BytesIO(good))
        change(writer)
        output = io.BytesIO()
        writer.write(output)
        return output.getvalue()

    return make


def _page(writer: Any) -> Any:
    return writer.root["/Pages"]["/Kids"][0]


def _overlay(writer: Any) -> None:
    page = _page(writer)
    painted = writer.add_object(generic.StreamObject(stream_data=b"q 1 g 0 0 600 400 re f Q"))
    page[pdf_name("/Contents")] = generic.ArrayObject([page.raw_get("/Contents"), painted])
    writer.update_container(page)


def _annotate(writer: Any) -> None:
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 600, 400, 650))),
            pdf_name("/Contents"): generic.TextStringObject("博士（工学）"),
            pdf_name("/DA"): generic.TextStringObject("/Helv 20 Tf 0 g"),
        }
    )
    page = _page(writer)
    notes = page["/Annots"] if "/Annots" in page else generic.ArrayObject()
    notes.append(writer.add_object(note))
    page[pdf_name("/Annots")] = notes
    writer.update_container(page)


def _replace_attachment(writer: Any) -> None:
    specification = writer.root["/AF"][0]
    forged = generic.StreamObject(stream_data=b'{"type":["VerifiableCredential"]}')
    specification["/EF"][pdf_name("/F")] = writer.add_object(forged)
    writer.update_container(specification["/EF"])


def _add_page(writer: Any) -> None:
    pages = writer.root["/Pages"]
    added = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/Parent"): writer.root.raw_get("/Pages"),
            pdf_name("/MediaBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 842))),
        }
    )
    pages["/Kids"].append(writer.add_object(added))
    pages[pdf_name("/Count")] = generic.NumberObject(int(pages["/Count"]) + 1)
    writer.update_container(pages)


def _open_action(writer: Any) -> None:
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    )
    writer.update_root()


def _change_title(writer: Any) -> None:
    information = writer.trailer["/Info"]
    information[pdf_name("/Title")] = generic.TextStringObject("博士学位記")
    writer.update_container(information)


def _reuse_signature(writer: Any) -> None:
    form = writer.root["/AcroForm"]
    second = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): generic.TextStringObject("Second"),
            pdf_name("/V"): form["/Fields"][0].raw_get("/V"),
        }
    )
    form["/Fields"].append(writer.add_object(second))
    writer.update_container(form["/Fields"])


def _unlink_field(writer: Any) -> None:
    writer.root["/AcroForm"][pdf_name("/Fields")] = generic.ArrayObject()
    writer.update_container(writer.root["/AcroForm"])


def _field_loop(writer: Any) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/Kids")] = generic.ArrayObject([writer.root["/AcroForm"]["/Fields"].raw_get(0)])
    writer.update_container(field)


def sign(
    document: bytes,
    key: KeptSigner,
    certificates: tuple[bytes, ...],
    *,
    permission: MDPPerm | None = MDPPerm.NO_CHANGES,
    field: str = "Other",
    box: tuple[int, int, int, int] | None = None,
) -> bytes:
    """Sign as anybody could: with any key, certifying with any permission, or not certifying."""
    cms = CmsTemplate(key, certificates)
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    session = PdfCMSEmbedder(new_field_spec=SigFieldSpec(field, box=box)).write_cms(field, writer)
    next(session)
    placeholder = SignatureObject(
        timestamp=NOW, subfilter=SigSeedSubFilter.PADES, bytes_reserved=cms.bytes_reserved
    )
    locking = SigMDPSetup(md_algorithm=cms.digest_algorithm, certify=True, docmdp_perms=permission)
    session.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=locking if permission else None))
    prepared, output = session.send(SigIOSetup(md_algorithm=cms.digest_algorithm))
    session.send(cms.sign(prepared.document_digest))
    return bytes(output.getvalue())


def unsigned(**changes: Any) -> bytes:
    """Give the page as it is before it is signed, with its badge inside."""
    school = university()
    given = award(**changes)
    sealed = badge(award(), school)
    inside = Attachment(
        name="open-badges-3.json", media_type=sealed.media_type, data=sealed.data, description="credential"
    )
    data = page_data(given, link=LINK)
    return typeset(given.document.kind, data, at=given.valid_from, attachments=[inside]) + b"\n"


def _ours(document: bytes, permission: MDPPerm | None = MDPPerm.NO_CHANGES) -> bytes:
    school = university()
    return sign(document, school.document, school.certificates, permission=permission)


def _lookalike(_: bytes) -> bytes:
    key = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    authority = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    return sign(unsigned(), key, chain(key, authority))


def _expired_when_signed(_: bytes) -> bytes:
    school = university()
    authority = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    old = chain(
        school.document, authority, not_before=NOW - timedelta(days=90), not_after=NOW - timedelta(days=1)
    )
    return sign(unsigned(), school.document, old)


def _other_universitys_badge(_: bytes) -> bytes:
    other = university("minato.example")
    given = award()
    foreign = badge(replace(given, issuer=other.issuer), other)
    return FORMAT.write([given], university().sealing(companions={given.id: (foreign,)}))[0].data


def _two_awards(_: bytes) -> bytes:
    school, given = university(), award()
    another = replace(
        given,
        id="urn:uuid:5b8e7c1e-0000-4000-8000-000000000002",
        learner=replace(given.learner, name=PersonName(full="別人")),
    )
    companions = (badge(given, school), replace(badge(another, school), format="second"))
    return FORMAT.write([given], school.sealing(companions={given.id: companions}))[0].data


def _contents_gap(good: bytes) -> tuple[int, int]:
    found = re.search(rb"/ByteRange \[\s*0 (\d+) (\d+) (\d+)", good)
    assert found
    return int(found.group(1)), int(found.group(2))


def _byte_range(change: Callable[[bytes], bytes]) -> Attack:
    def make(good: bytes) -> bytes:
        found = re.search(rb"/ByteRange \[[^\]]*\]", good)
        assert found
        changed = change(found.group(0))
        assert len(changed) <= len(found.group(0))
        return good.replace(found.group(0), changed.ljust(len(found.group(0))))

    return make


def _shortened(text: bytes) -> bytes:
    numbers = [int(number) for number in re.findall(rb"\d+", text)]
    return b"/ByteRange [%d %d %d %d]" % (numbers[0], numbers[1], numbers[2], numbers[3] - 200)


def _contents(replacement: Callable[[bytes], bytes]) -> Attack:
    def make(good: bytes) -> bytes:
        start, end = _contents_gap(good)
        return good[:start] + replacement(good[start:end]).ljust(end - start)[: end - start] + good[end:]

    return make


def _wrapped(good: bytes) -> bytes:
    """Signature wrapping: own bytes in the gap, the byte range moved around them."""
    start, end = _contents_gap(good)
    inserted = b" /Gakusho (forged) "
    moved = good[:end] + inserted + good[end:]
    return moved.replace(b"%d %d" % (start, end), b"%d %d" % (start, end + len(inserted)), 1)


def _flip(good: bytes) -> bytes:
    """One bit of the page's content."""
    place = good.index(b"stream\n") + 40
    return good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]


def _junk_in_padding(good: bytes) -> bytes:
    _, end = _contents_gap(good)
    return good[: end - 9] + b"DEADBEEF" + good[end - 1 :]


def _stripped(good: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(good)) as document:
        del document.Root["/AcroForm"]
        del document.Root["/Perms"]
        del document.pages[0]["/Annots"]
        output = io.BytesIO()
        document.save(output)
        return output.getvalue()


def _encrypted(good: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(good)) as document:
        output = io.BytesIO()
        document.save(output, encryption=pikepdf.Encryption(owner="x", user="x"))
        return output.getvalue()


def _deep(_: bytes) -> bytes:
    nested = b"[" * 20_000 + b"]" * 20_000
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm " + nested + b">>\nendobj\n"
    start = len(body)
    return (
        body
        + b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
        + b"trailer\n<</Size 2/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    )


def _flate_bomb(_: bytes) -> bytes:
    import zlib

    packed = zlib.compress(b"\0" * 50_000_000, 9)
    head = b"%PDF-1.7\n"
    stream = (
        b"1 0 obj\n<</Type/XRef/Size 10/W[1 4 2]/Root 2 0 R/Filter/FlateDecode/Length %d>>\nstream\n"
        % len(packed)
    )
    return head + stream + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def _object_stream_bomb(_: bytes) -> bytes:
    """One object in a stream that unpacks to 100 MB."""
    import zlib

    packed = zlib.compress(b"6 0 <</S/JavaScript/JS(1)>>" + b" " * 100_000_000, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 6 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
        + packed
        + b"\nendstream",
    ]
    body, rows = b"%PDF-1.7\n", b"\0\0\0\0\0\0\0"
    for number, content in enumerate(objects, start=1):
        rows += b"\1" + len(body).to_bytes(4, "big") + b"\0\0"
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    rows += b"\1" + len(body).to_bytes(4, "big") + b"\0\0" + b"\2\0\0\0\4\0\0"
    head = b"5 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>\nstream\n" % len(rows)
    end = b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + head + rows + end


def _second_signature(good: bytes) -> bytes:
    key = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    certificates = chain(key, KeptSigner(ec.generate_private_key(ec.SECP256R1())))
    return sign(good, key, certificates, permission=None, box=(100, 400, 500, 700))


def _attackers_first(_: bytes) -> bytes:
    key = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    certificates = chain(key, KeptSigner(ec.generate_private_key(ec.SECP256R1())))
    school = university()
    first = sign(unsigned(), key, certificates, permission=None, field="First")
    return sign(first + b"\n", school.document, school.certificates, permission=MDPPerm.NO_CHANGES)


def _javascript_signed(_: bytes) -> bytes:
    return _ours(_updated(_open_action)(unsigned()))


ATTACKS = tuple(
    Case(name=name, make=make, refused_by=code)
    for name, make, code in (
        ("bit flipped in the signed bytes", _flip, "pdf.signature"),
        ("bytes after the end", lambda good: good + b"\n% approved: PhD\n", "pdf.clean-start-and-end"),
        ("spaces after the end", lambda good: good + b"\n\n\n", "pdf.coverage"),
        ("bytes before the header", lambda good: b"\n\n" + good, "pdf.readable"),
        ("truncated", lambda good: good[:-400], "pdf.readable"),
        ("content stream laid over the page", _updated(_overlay), "pdf.coverage"),
        ("free text annotation", _updated(_annotate), "pdf.coverage"),
        ("second opaque signature", _second_signature, "pdf.certified"),
        ("attacker's approval before our certification", _attackers_first, "pdf.certified"),
        ("attached credential replaced", _updated(_replace_attachment), "pdf.coverage"),
        ("page added", _updated(_add_page), "pdf.coverage"),
        ("JavaScript added", _updated(_open_action), "pdf.coverage"),
        ("JavaScript signed by the issuer", _javascript_signed, "pdf.active-content"),
        ("title changed", _updated(_change_title), "pdf.coverage"),
        ("signature object in two fields", _updated(_reuse_signature), "pdf.certified"),
        ("signature field unlinked", _updated(_unlink_field), "pdf.certified"),
        ("field tree in a circle", _updated(_field_loop), "pdf.readable"),
        ("signature stripped", _stripped, "pdf.certified"),
        ("encrypted", _encrypted, "pdf.readable"),
        ("byte range zero", _byte_range(lambda _: b"/ByteRange [0 0 0 0]"), "pdf.byte-range"),
        ("byte range missing", _byte_range(lambda _: b""), "pdf.certified"),
        ("byte range negative", _byte_range(lambda _: b"/ByteRange [0 -9 40 -1]"), "pdf.byte-range"),
        ("byte range shortened", _byte_range(_shortened), "pdf.coverage"),
        ("contents null", _contents(lambda _: b"null"), "pdf.certified"),
        ("contents zero", _contents(lambda gap: b"<" + b"0" * (len(gap) - 2) + b">"), "pdf.certified"),
        ("contents empty", _contents(lambda _: b"<>"), "pdf.certified"),
        ("junk in the signature's padding", _junk_in_padding, "pdf.byte-range"),
        ("bytes wrapped into the gap", _wrapped, "pdf.readable"),
        ("certificate with the same name", _lookalike, "pdf.signer-key"),
        ("certificate expired when it signed", _expired_when_signed, "pdf.signer-key"),
        ("another university's credential inside", _other_universitys_badge, "pdf.signer-key"),
        ("two awards inside", _two_awards, "pdf.carried"),
        ("approved, not certified", lambda _: _ours(unsigned(), None), "pdf.certified"),
        ("form filling permitted", lambda _: _ours(unsigned(), MDPPerm.FILL_FORMS), "pdf.certified"),
        ("annotations permitted", lambda _: _ours(unsigned(), MDPPerm.ANNOTATE), "pdf.certified"),
        (
            "page names another person than the credential",
            lambda _: _ours(unsigned(full="髙橋 𠮷男")),
            "pdf.matches-credential",
        ),
        ("arrays nested 20,000 deep", _deep, "pdf.readable"),
        ("object stream that unpacks to 100 MB", _object_stream_bomb, "pdf.readable"),
        ("cross-reference stream that unpacks to 50 MB", _flate_bomb, "pdf.readable"),
    )
)

TWINS = (
    ("as issued", issued),
    ("page signed by any tool with our key", lambda: _ours(unsigned())),
    ("RSA-3072", lambda: issued(school=making.university(kind="RSA-3072"))),
)
