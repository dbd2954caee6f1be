# SPDX-License-Identifier: Apache-2.0
"""A signed PDF on the employer's page: what was signed, by whom, when, and how its first page looks."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.contract.web_verify.test_verify_pages import _check
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk
from tests.fakes.holders import class_of, two_learners
from tests.fakes.pages import Pages, open_pages
from tests.unit.formats_pdf.test_foreign import approved

from gakusho.issuer import aside
from gakusho.issuer.aside import stranger_pictures
from gakusho.store.work import Workplace


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
