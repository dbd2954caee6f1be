# SPDX-License-Identifier: Apache-2.0
"""The attacks everybody tries first, made with common tools; the classes are those of pdf-insecurity.org."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic as pyhanko_generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from tests.vectors.signed_pdf.cases import AS_ISSUED, Attack, cases
from tests.vectors.signed_pdf.good import ours, page, sign
from tests.vectors.signed_pdf.making import NOW, award, badge, chain, university

from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.learner import PersonName
from gakusho.proof.signers.encrypted_key import KeptSigner

generic: Any = pyhanko_generic


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


def _lookalike(_: bytes) -> bytes:
    key = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    authority = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    return sign(page(), key, chain(key, authority))


def _expired_when_signed(_: bytes) -> bytes:
    school = university()
    authority = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    old = chain(
        school.document, authority, not_before=NOW - timedelta(days=90), not_after=NOW - timedelta(days=1)
    )
    return sign(page(), school.document, old)


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


def _no_contents(good: bytes) -> bytes:
    start, end = _contents_gap(good)
    return good[: start - len(b"/Contents ")] + b" " * (end - start + len(b"/Contents ")) + good[end:]


def _stripped(good: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(good)) as document:
        del document.Root["/AcroForm"]
        del document.Root["/Perms"]
        del document.pages[0]["/Annots"]
        output = io.BytesIO()
        document.save(output)
        return output.getvalue()


def second_signature(good: bytes) -> bytes:
    """Give the file with an attacker's signature painted over the page."""
    key = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    certificates = chain(key, KeptSigner(ec.generate_private_key(ec.SECP256R1())))
    return sign(good, key, certificates, permission=None, box=(100, 400, 500, 700))


def _attackers_first(_: bytes) -> bytes:
    key = KeptSigner(ec.generate_private_key(ec.SECP256R1()))
    certificates = chain(key, KeptSigner(ec.generate_private_key(ec.SECP256R1())))
    school = university()
    first = sign(page(), key, certificates, permission=None, field="First")
    return sign(first + b"\n", school.document, school.certificates, permission=MDPPerm.NO_CHANGES)


def _javascript_signed(_: bytes) -> bytes:
    return ours(_updated(_open_action)(page()))


annotated = _updated(_annotate)
overlaid = _updated(_overlay)
without_attachment = _updated(_replace_attachment)
_COVERAGE, _CERTIFIED, _RANGE, _KEY = "pdf.coverage", "pdf.certified", "pdf.byte-range", "pdf.signer-key"

CASES = (
    *cases(
        "file",
        AS_ISSUED,
        ("bit flipped in the signed bytes", _flip, "pdf.signature"),
        ("bytes after the end", lambda good: good + b"\n% approved: PhD\n", "pdf.clean-start-and-end"),
        ("spaces after the end", lambda good: good + b"\n\n\n", _COVERAGE),
        ("bytes before the header", lambda good: b"\n\n" + good, "pdf.readable"),
        ("truncated", lambda good: good[:-400], "pdf.readable"),
    ),
    *cases(
        "incremental saving: the page",
        AS_ISSUED,
        ("content stream laid over the page", overlaid, _COVERAGE),
        ("free text annotation", annotated, _COVERAGE),
        ("page added", _updated(_add_page), _COVERAGE),
    ),
    *cases(
        "incremental saving: the catalog",
        AS_ISSUED,
        ("attached credential replaced", without_attachment, _COVERAGE),
        ("JavaScript added", _updated(_open_action), _COVERAGE),
    ),
    *cases("incremental saving: metadata", AS_ISSUED, ("title changed", _updated(_change_title), _COVERAGE)),
    *cases(
        "several signatures",
        AS_ISSUED,
        ("second opaque signature", second_signature, _CERTIFIED),
        ("attacker's approval before our certification", _attackers_first, _CERTIFIED),
        ("signature object in two fields", _updated(_reuse_signature), _CERTIFIED),
        ("signature field unlinked", _updated(_unlink_field), _CERTIFIED),
        ("field tree in a circle", _updated(_field_loop), "pdf.readable"),
        ("signature stripped", _stripped, _CERTIFIED),
    ),
    *cases(
        "universal signature forgery",
        AS_ISSUED,
        ("byte range zero", _byte_range(lambda _: b"/ByteRange [0 0 0 0]"), _RANGE),
        ("byte range missing", _byte_range(lambda _: b""), _CERTIFIED),
        ("byte range null", _byte_range(lambda _: b"/ByteRange null"), _CERTIFIED),
        ("byte range negative", _byte_range(lambda _: b"/ByteRange [0 -9 40 -1]"), _RANGE),
        ("byte range shortened", _byte_range(_shortened), _COVERAGE),
        ("contents missing", _no_contents, _CERTIFIED),
        ("contents null", _contents(lambda _: b"null"), _CERTIFIED),
        ("contents zero", _contents(lambda gap: b"<" + b"0" * (len(gap) - 2) + b">"), _CERTIFIED),
        ("contents empty", _contents(lambda _: b"<>"), _CERTIFIED),
    ),
    *cases(
        "signature wrapping",
        AS_ISSUED,
        ("junk in the signature's padding", _junk_in_padding, _RANGE),
        ("bytes wrapped into the gap", _wrapped, "pdf.readable"),
    ),
    *cases(
        "signer's certificate",
        AS_ISSUED,
        ("certificate with the same name", _lookalike, _KEY),
        ("certificate expired when it signed", _expired_when_signed, _KEY),
    ),
    *cases(
        "page and credential",
        AS_ISSUED,
        ("another university's credential inside", _other_universitys_badge, _KEY),
        ("two awards inside", _two_awards, "pdf.carried"),
    ),
    *cases(
        "certification",
        "page signed by any tool with our key",
        ("approved, not certified", lambda _: ours(page(), None), _CERTIFIED),
        ("form filling permitted", lambda _: ours(page(), MDPPerm.FILL_FORMS), _CERTIFIED),
        ("annotations permitted", lambda _: ours(page(), MDPPerm.ANNOTATE), _CERTIFIED),
    ),
    *cases(
        "signed with active content",
        "page signed by any tool with our key",
        ("JavaScript signed by the issuer", _javascript_signed, "pdf.active-content"),
    ),
)
