# SPDX-License-Identifier: Apache-2.0
"""Behind a signature only a security store and time-stamps may come, whoever wrote them there."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils import generic as pyhanko_generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.dss import DocumentSecurityStore
from tests.fakes.archive import document_key
from tests.unit.formats_pdf.test_foreign import approved, certified
from tests.vectors.signed_pdf.by_hand import stream, taken_apart, updated, with_entries
from tests.vectors.signed_pdf.making import issued

from gakusho.formats._pdf import metadata, revisions
from gakusho.formats._pdf.revisions import unadmitted
from gakusho.formats._pdf.rules import take_apart

generic: Any = pyhanko_generic


@pytest.fixture(scope="module")
def good() -> bytes:
    return issued()


def by_pyhanko(data: bytes, change: Callable[[Any], None]) -> bytes:
    """Give a document with an update as pyHanko writes it: its own name and the clock's time with it."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def changes(good: bytes, change: Callable[[Any], None]) -> list[str]:
    updated = by_pyhanko(good, change)
    return unadmitted(updated, [len(good), len(updated)])


def _store(writer: Any) -> None:
    held = [x509.Certificate.load(one) for one in document_key().certificates]
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=held)


def test_a_security_store_of_another_program_may_come_with_its_name_and_date(good: bytes) -> None:
    assert changes(good, _store) == []


def _titled(writer: Any) -> None:
    _store(writer)
    information = writer.trailer["/Info"]
    information[pdf_name("/Title")] = generic.TextStringObject("博士学位記")
    writer.update_container(information)


def _named(writer: Any) -> None:
    _store(writer)
    writer.root[pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


def _orphan(writer: Any) -> None:
    _store(writer)
    writer.add_object(generic.StreamObject(stream_data=b"q Q"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_titled, "document information /Title"),
        (_named, "catalog /Names"),
        (_orphan, "added"),
    ],
    ids=["title", "names", "an object for no reason"],
)
def test_what_comes_beside_a_security_store_is_told(
    good: bytes, change: Callable[[Any], None], told: str
) -> None:
    found = changes(good, change)
    assert any(told in one for one in found), found


def test_an_object_where_a_reference_led_nowhere_is_a_change(good: bytes) -> None:
    parts = taken_apart(good)
    before = updated(good, {parts.page: with_entries(parts.objects[parts.page], b"/Shadow 900 0 R")})
    store = with_entries(parts.catalog, b"/DSS<</Certs[900 0 R]>>")
    after = updated(before, {parts.root: store, 900: stream(b"anything")})
    assert unadmitted(after, [len(before), len(after)]) == ["page"], "what refers to it"
    twin = updated(good, {parts.root: store, 900: stream(b"anything")})
    assert unadmitted(twin, [len(good), len(twin)]) == []


def test_further_signatures_are_admitted_only_where_the_document_is_open() -> None:
    data = approved(2)
    ends = [one.end for one in take_apart(data).examination.signatures]
    assert len(ends) == 2
    assert unadmitted(data, ends, approvals=True) == []
    assert unadmitted(data, ends) != []


def test_a_revision_must_end_as_a_document_does() -> None:
    data = certified(MDPPerm.NO_CHANGES)
    assert unadmitted(data, [len(data) - 40, len(data)]) == ["revision"]


def test_the_work_is_bounded(good: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "MAX_COMPARED", 10)
    with pytest.raises(Exception, match="More than 10 objects"):
        changes(good, _store)


PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:s="urn:s"><rdf:Description rdf:about="" {attributes}>{members}</rdf:Description>
</rdf:RDF></x:xmpmeta>"""
TITLE = '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:title>'


def packet(members: str = "", attributes: str = "") -> pikepdf.Stream:
    document = pikepdf.new()
    held = document.make_stream(PACKET.format(members=members, attributes=attributes).encode())
    held["/Kept"] = pikepdf.Array([])
    packets.append(document)
    return held


packets: list[pikepdf.Pdf] = []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (packet(TITLE.format("学士")), packet(TITLE.format("学士")), 0),
        (packet(TITLE.format("学士")), packet(TITLE.format("博士")), 1),
        (packet(TITLE.format("学士")), packet(), 1),
        (packet(attributes='dc:format="a"'), packet("<dc:format>a</dc:format>"), 0),
        (packet(attributes='xmp:ModifyDate="2026"'), packet(attributes='xmp:ModifyDate="2027"'), 0),
        (packet(attributes='xmp:CreateDate="2026"'), packet(attributes='xmp:CreateDate="2027"'), 1),
        (
            packet('<dc:source rdf:parseType="Resource"><s:a>1</s:a></dc:source>'),
            packet('<dc:source><rdf:Description s:a="1"/></dc:source>'),
            0,
        ),
        (packet("<dc:source>urn:a</dc:source>"), packet('<dc:source rdf:resource="urn:a"/>'), 0),
        (packet("<dc:rights>a</dc:rights>"), packet("<dc:rights>a</dc:rights><dc:rights>b</dc:rights>"), 1),
    ],
)
def test_metadata_are_compared_by_what_they_say(before: Any, after: Any, told: int) -> None:
    assert len(metadata.changed_xmp(before, after)) == told


def test_metadata_with_entities_are_refused_unread() -> None:
    document = pikepdf.new()
    bomb = document.make_stream(b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>')
    with pytest.raises(ValueError, match="document type"):
        metadata.changed_xmp(bomb, bomb)
