# SPDX-License-Identifier: Apache-2.0
"""To whom and for what a document was issued is signed in it, printed on it, and compared."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from tests.vectors.signed_pdf.making import LINK, NOW, asking, award, issued

from gakusho.formats._pdf.contents import AttachedFile
from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.particulars import NAME, particulars, with_particulars
from gakusho.formats._pdf.printed import matching_check
from gakusho.formats._pdf.typesetting import typeset
from gakusho.formats.signed_pdf import FORMAT
from gakusho.model.award import Award
from gakusho.model.report import Outcome, combined


def asked(kind: str = "graduation", *, addressee: str = "株式会社みなと", purpose: str = "就職") -> Award:
    given = award(kind)
    return replace(given, document=replace(given.document, addressee=addressee, purpose=purpose))


def inside(award_: Award, **changes: object) -> AttachedFile:
    [made] = particulars(award_)
    data = orjson.dumps({**orjson.loads(made.data), **changes})
    return AttachedFile(name=NAME, media_type=made.media_type, relationship="Data", data=data)


def test_who_reads_the_signed_document_is_told_to_whom_and_for_what() -> None:
    given = asked()
    data = issued(given)
    assert combined(check.outcome for check in FORMAT.checks(data, asking())) is Outcome.VALID
    said = FORMAT.read(data).award.document
    assert (said.addressee, said.purpose) == ("株式会社みなと", "就職")


def test_nothing_is_inside_where_nobody_asked_or_the_page_does_not_say_it() -> None:
    assert particulars(award("graduation")) == []
    for given in (award("graduation"), asked("diploma")):
        assert FORMAT.read(issued(given)).award.document.addressee is None


@pytest.mark.parametrize("field", ["addressee", "purpose"])
def test_a_page_that_names_another_is_not_genuine(field: str) -> None:
    printed = asked()
    page = typeset("graduation", page_data(printed, link=LINK), at=NOW)
    template = ("graduation", "ja")
    assert matching_check(page, printed, template).outcome is Outcome.VALID
    said = replace(printed, document=replace(printed.document, **{field: "北海商事"}))  # type: ignore[arg-type]
    check = matching_check(page, said, template)
    assert (check.outcome, check.facts["got"]) == (Outcome.INVALID, field)


def test_a_file_of_this_name_that_says_something_else_is_not_read() -> None:
    given = asked()
    plain = award("graduation")
    assert with_particulars(plain, [inside(given)]).document.addressee == "株式会社みなと"
    long = "x" * 500
    for odd in (
        inside(given, type="Receipt"),
        inside(given, credential="urn:uuid:00000000-0000-4000-8000-0000000000ff"),
        inside(given, addressee=["a"], purpose={"a": 1}),
        inside(given, addressee=long, purpose=None),
        replace(inside(given), data=b"{"),
        replace(inside(given), data=b"[" * 3_000),
        replace(inside(given), data=b" " * 5_000),
    ):
        found = with_particulars(plain, [odd]).document
        assert (found.addressee, found.purpose) == (None, None)
