# SPDX-License-Identifier: Apache-2.0
"""A signed PDF on the employer's page: what was signed, by whom, when, and how its first page looks."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
import pytest
from tests.contract.web_verify.test_verify_pages import _check, _share
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, learners
from tests.fakes.holders import class_of, two_learners
from tests.fakes.pages import Pages, open_pages
from tests.unit.formats_pdf.test_foreign import CERTIFICATES, SIGNER, approved
from tests.unit.formats_pdf.test_words import FULL, at, drawn, rewritten
from tests.vectors.signed_pdf.good import sign

from gakusho.formats._pdf.text import folded, shown_text
from gakusho.issuer import aside
from gakusho.issuer.aside import stranger_pictures
from gakusho.issuer.choices import Choices
from gakusho.store.work import Workplace
from gakusho.web.verify import picture
from gakusho.web.verify.aside import StoppedError, Workers


@pytest.fixture
def kind() -> str:
    """Give one database: what is kept of a report is tested on both elsewhere."""
    return "sqlite"


@pytest.fixture
def beginning() -> Beginning:
    return two_learners


@pytest.fixture
def pages(workplace: Workplace, found: Desk, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(class_of(workplace, found), tmp_path) as opened:
        yield opened


def test_a_signed_pdf_is_shown_with_its_first_page_as_it_was_signed_and_well_without_it(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, signed, drawn = pages.visitor(), approved(), []

    def draw(paper: bytes, asked: Sequence[int], **bounds: int) -> dict[int, bytes]:
        drawn.append((paper, bounds))
        return stranger_pictures(paper, asked, **bounds)

    monkeypatch.setattr(aside, "stranger_pictures", draw)
    # what follows the signed revision is somebody's own, and is neither drawn nor told
    page = _check(visitor, signed + b"\n%more", "contract.pdf")
    assert [paper for paper, _ in drawn] == [signed]
    assert drawn[0][1]["seconds"] <= 10
    assert "The signed document" in page
    assert "no time-stamp proves it" in page
    assert "Nobody known here vouches for it" in page
    assert "was changed after signing" in page
    picture = re.search(r'<img src="data:image/png;base64,([\w+/=]+)" alt="Page 1 of the signed', page)
    assert picture is not None
    assert base64.b64decode(picture[1]).startswith(b"\x89PNG")

    key = re.search(r'name="key" value="([\w-]+)"', page)
    assert key is not None
    kept = visitor.post("/verify/report", data={"key": key[1]})
    assert "The signed document" in kept.text
    assert "data:image/png" not in kept.text
    told = visitor.get(f"{kept.url.path}.json").json()["document"]
    assert (told["covered"], told["changed"], told["trust"]) == (True, True, "nobody")
    assert told["length"] == len(signed)

    # a page that cannot be drawn changes nothing else

    def never(*_: object, **__: object) -> dict[int, bytes]:
        return {}

    monkeypatch.setattr(aside, "stranger_pictures", never)
    page = _check(visitor, signed, "contract.pdf")
    assert "Signed, but not locked" in page
    assert "No picture of the page could be made." in page
    assert "Page 1 of the signed" not in page
    changed = bytearray(signed)
    changed[400] ^= 1
    page = _check(visitor, bytes(changed), "contract.pdf")
    assert "No picture of the page could be made." not in page
    assert "No good signature covers this file" in page


def _with_paper(pages: Pages) -> tuple[str, str]:
    """Give a credential that was issued as a signed PDF, too, and the link on its page."""
    pages.made.issue(learners(1, first=7), choices=Choices())
    award_id = pages.claimed(7)
    link = re.search(r"/v/[\w-]+", pages.client.get(f"/wallet/c/{award_id}").text)
    assert link is not None
    return award_id, link[0]


def test_words_and_pages_stand_with_the_answer_by_code_by_link_and_in_the_report(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    award_id, link = _with_paper(pages)
    drawn_so_far: list[Sequence[int]] = []

    def draw(paper: bytes, asked: Sequence[int], **bounds: int) -> dict[int, bytes]:
        drawn_so_far.append(asked)
        return stranger_pictures(paper, asked, **bounds)

    monkeypatch.setattr(aside, "stranger_pictures", draw)
    share = _share(pages, award_id, pin="2468")
    for address, language in ((link, "ja"), (f"{share}/{award_id}", "en")):
        visitor = pages.visitor(language)
        if address != link:  # nobody sees a page before the PIN
            assert visitor.get(f"{address}/pages/1.png").status_code == 404
            visitor.post(share, data={"pin": "2468"})
        page = visitor.get(address).text
        assert {"ja": "文書の文字を読む", "en": "Read the words of the document"}[language] in page
        assert re.search(r'<div class="signed-words" lang="ja">[^<]*学位授与証明書\n', page)
        assert drawn_so_far == []
        assert re.findall(r'<img src="([^"]+)" alt="[^"]+" loading', page) == [f"{address}/pages/1.png"]
    for address in (link, f"{share}/{award_id}"):
        answer = visitor.get(f"{address}/pages/1.png")
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["cache-control"] == "private, no-store"
        assert picture.size_of(answer.content) == (793, 1122)
        for number in ("0", "2", "-1", "99999999999999999999"):
            assert visitor.get(f"{address}/pages/{number}.png").status_code == 404
    assert visitor.get("/v/AAAAAAAAAAAAAAAAAAAAAA/pages/1.png").status_code == 404

    kept = visitor.post(f"{link}/report")
    assert re.search(r'<div class="signed-words" lang="ja">[^<]*学位授与証明書\n', kept.text)
    told = visitor.get(f"{kept.url.path}.json").json()["document"]
    assert "学位授与証明書" in told["text"]["pages"][0]["words"]
    with pikepdf.open(io.BytesIO(visitor.get(f"{kept.url.path}.pdf").content)) as opened:
        printed = shown_text(opened)
        pictures = [one for one in opened.objects if isinstance(one, pikepdf.Stream) and "/Width" in one]
    assert folded(told["sha256"]) in printed
    assert [(int(one.Width), int(one.Height)) for one in pictures if "/Matte" not in one][:1] == [(793, 1122)]
    assert drawn_so_far == [[1]], "what was drawn once is not drawn again"


def test_a_strangers_words_are_those_that_were_signed_and_that_can_be_seen(pages: Pages) -> None:
    visitor = pages.visitor()
    words = FULL + at(50, 680, "<script>alert(1)</script>") + b"1 g " + at(50, 660, "Secret")
    signed = sign(drawn(words, *[FULL] * 6) + b"\n", SIGNER, CERTIFICATES, permission=None)
    untouched = _check(visitor, signed, "contract.pdf")
    assert '<details class="fine-print signed-text" open>' in untouched, "there is nothing else to read"
    page = _check(visitor, rewritten(signed, at(50, 700, "Grade: S")), "contract.pdf")
    assert '<details class="fine-print signed-text"><summary>' in page, (
        "of a forgery it is there for who looks"
    )
    shown = re.findall(r'<div class="signed-words" lang="en">([^<]*)</div>', page)
    assert shown == ["Grade: A\n&lt;script&gt;alert(1)&lt;/script&gt;", *["Grade: A"] * 6]
    assert "Grade: S" not in page
    assert "Secret" not in page
    assert len(re.findall(r'<img src="data:image/png;base64,', page)) == picture.MAX_PAGES == 5
    assert "These are the first 5 of 7 pages." in page
    assert re.findall(r'<a href="#document-\w+-page-(\d)"', page) == ["1", "2", "3", "4", "5"]


def test_where_the_words_cannot_be_read_in_time_the_answer_is_the_same(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise StoppedError

    monkeypatch.setattr(Workers, "text", stopped)
    monkeypatch.setattr(aside, "stranger_pictures", lambda *_, **__: {})
    page = _check(pages.visitor(), approved(), "contract.pdf")
    assert "Signed, but not locked" in page
    assert "The words of the document could not be read." in page


def test_pictures_that_are_no_bounded_png_are_not_shown(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4) * 2 + b"\0" * 20
    for made in (huge, b"<svg/>", b""):
        monkeypatch.setattr(aside, "stranger_pictures", lambda *_, made=made, **__: {1: made})
        page = _check(pages.visitor(), approved(), "contract.pdf")
        assert "No picture of the page could be made." in page
        assert "data:image/png" not in page
