# SPDX-License-Identifier: Apache-2.0
"""A learner shows the degree, not the grades; nothing that was held back leaves the server."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, learners
from tests.fakes.holders import class_of, open_class
from tests.fakes.pages import Pages, open_pages

from gakusho.fetch import MemoryFetcher
from gakusho.formats import formats
from gakusho.issuer import achievements, publication
from gakusho.issuer.choices import Choices
from gakusho.model.achievement import ResultDescription
from gakusho.model.report import Headline
from gakusho.store.tables import AwardRow
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify

GRADE = "3.987"
GPA = "urn:uuid:5f0c1c1a-30cf-4fd8-9f53-0b3a1a1f0a01"
SECRETS = (GRADE, "S000007")


FORMS = ("open-badges-3-sd", "sd-jwt-vc", "vc-sd-jwt")


@pytest.fixture
def form(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", FORMS[0]))


@pytest.fixture
def beginning(form: str) -> Beginning:
    return graded_in(form)


@pytest.fixture
def pages(workplace: Workplace, found: Desk, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(class_of(workplace, found), tmp_path) as opened:
        yield opened


@cache
def graded_in(form: str) -> Beginning:
    """Begin with a learner who has a grade, in a format that can be shown in part."""

    def graded(place: Workplace) -> Desk:
        made = open_class(place, count=1)
        with made.work() as work:
            desk = made.desk
            view = achievements.achievement(work, desk.institution.id, desk.achievement_id)
            with_grade = replace(
                view.achievement,
                result_descriptions=(ResultDescription(id=GPA, name="GPA", type="GradePointAverage"),),
            )
            achievements.save(work, desk.preparer, with_grade, id=desk.achievement_id)
        rows = [{**learners(1, first=7)[0], f"result:{GPA}": GRADE}]
        made.issue(rows, choices=Choices(formats=(form, "signed-pdf", "open-badges-3")))
        return desk

    return graded


def places(page: str, label: str) -> list[str]:
    """Give the places of the parts whose value holds a text."""
    found = re.findall(r'name="part" value="(\d+)".*?<span class="hint">(.*?)</span>', page, re.DOTALL)
    return [place for place, value in found if label in unescape(value)]


def test_the_page_lists_what_can_be_held_back(pages: Pages) -> None:
    award_id = pages.claimed(7)
    assert f"/wallet/c/{award_id}/part" in pages.client.get(f"/wallet/c/{award_id}").text
    page = pages.client.get(f"/wallet/c/{award_id}/part?choose=all").text
    assert places(page, GRADE)
    assert re.search(rf'value="{places(page, GRADE)[0]}" checked', page)
    for choose in ("no-grades", "degree"):
        sparing = pages.client.get(f"/wallet/c/{award_id}/part?choose={choose}").text
        assert not re.search(rf'value="{places(page, GRADE)[0]}" checked', sparing)
    assert not re.search(rf'value="{places(page, "S000007")[0]}" checked', sparing), "the name is enough"
    assert "sha256$" not in page
    assert "data:image" not in unescape("".join(re.findall(r'class="hint">(.*?)<', page)))


def test_what_the_other_side_sees_is_shown_first(pages: Pages) -> None:
    award_id = pages.claimed(7)
    address = f"/wallet/c/{award_id}/part"
    everything = pages.client.get(f"{address}?choose=all").text
    grade = places(everything, GRADE)[0]
    without = pages.client.get(f"{address}?look=yes").text.partition('id="seen"')[2]
    assert "verdict-valid" in without
    assert GRADE not in without
    with_it = pages.client.get(f"{address}?look=yes&part={grade}").text.partition('id="seen"')[2]
    assert "verdict-valid" in with_it
    assert GRADE in with_it


@pytest.mark.parametrize("form", FORMS, indirect=True)
def test_a_share_of_a_part_gives_nothing_else_away(pages: Pages, form: str) -> None:
    award_id = pages.claimed(7)
    made = pages.client.post(
        "/wallet/shares",
        data={"items": [award_id], "to": "link", "days": "7", "some": "yes", "allow_download": "yes"},
        follow_redirects=False,
    )
    assert made.status_code == 303, made.text
    own = pages.client.get(made.headers["location"]).text
    token = re.search(r"/s/([\w-]{20,})", own)
    assert token
    visitor = pages.visitor()
    page = visitor.get(f"/s/{token[1]}")
    assert "verdict-valid" in page.text
    assert "Shown in part" in page.text
    assert f"/download/{form}" in page.text
    data = visitor.get(f"/s/{token[1]}/{award_id}/download/{form}")
    assert data.status_code == 200
    with pages.made.work() as work:
        fetcher = MemoryFetcher(publication.documents_of(work, [award_id]), now=lambda: work.now)
        assert verify(data.content, now=work.now, fetcher=fetcher).headline is Headline.VALID
    report = visitor.post(f"/s/{token[1]}/{award_id}/report")
    assert report.status_code == 200
    for answer in (page, data, report):
        for secret in SECRETS:
            assert secret not in answer.text, secret
    for other in ("signed-pdf", "open-badges-3"):
        assert f'/download/{other}"' not in page.text
        assert visitor.get(f"/s/{token[1]}/{award_id}/download/{other}").status_code == 404


def test_of_a_share_of_everything_others_download_what_they_can_check(pages: Pages, form: str) -> None:
    award_id = pages.claimed(7)
    asked = {"items": [award_id], "to": "link", "days": "7", "allow_download": "yes"}
    made = pages.client.post("/wallet/shares", data=asked, follow_redirects=False)
    token = re.search(r"/s/([\w-]{20,})", pages.client.get(made.headers["location"]).text)
    assert token
    visitor = pages.visitor()
    visitor.get(f"/s/{token[1]}")
    data = visitor.get(f"/s/{token[1]}/{award_id}/download/{form}")
    with pages.made.work() as work:
        fetcher = MemoryFetcher(publication.documents_of(work, [award_id]), now=lambda: work.now)
        report = verify(data.content, now=work.now, fetcher=fetcher)
    assert report.headline is Headline.VALID
    assert report.credential
    assert [result.value for result in report.credential.results] == [GRADE]


def test_everything_in_the_archive_can_be_checked_and_own_copies_lie_apart(pages: Pages, form: str) -> None:
    award_id = pages.claimed(7)
    with ZipFile(io.BytesIO(pages.client.get("/wallet/archive").content)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    (name,) = (each for each in files if each.startswith("credentials/") and f".{form}." in each)
    own = files.get(name.replace("credentials/", "own-copies/"), files[name])
    assert formats()[form].disclosable(own)  # type: ignore[attr-defined]
    with pages.made.work() as work:
        fetcher = MemoryFetcher(publication.documents_of(work, [award_id]), now=lambda: work.now)
        assert verify(files[name], now=work.now, fetcher=fetcher).headline is Headline.VALID


def test_the_download_holds_what_was_chosen_and_no_more(pages: Pages) -> None:
    award_id = pages.claimed(7)
    address = f"/wallet/c/{award_id}/part"
    grade = places(pages.client.get(f"{address}?choose=all").text, GRADE)[0]
    sparing = pages.client.get(f"{address}/download")
    assert sparing.status_code == 200
    full = pages.client.get(f"{address}/download?part={grade}")
    assert len(full.content) > len(sparing.content)


@pytest.mark.parametrize("part", ["9999", "-1", "x"])
def test_a_part_there_is_none_of_is_refused(pages: Pages, part: str) -> None:
    award_id = pages.claimed(7)
    assert pages.client.get(f"/wallet/c/{award_id}/part?look=yes&part={part}").status_code in {400, 422}


def test_of_somebody_elses_credential_nothing_is_shown(pages: Pages) -> None:
    pages.claimed(1)
    with pages.made.work() as work:
        rows = work.session.query(AwardRow).filter(AwardRow.holder_id.is_(None)).all()
        others = [row.id for row in rows]
    assert others
    for path in ("", "/download"):
        assert pages.client.get(f"/wallet/c/{others[0]}/part{path}").status_code == 404


def test_a_credential_that_is_one_piece_says_so(pages: Pages) -> None:
    award_id = pages.claimed(1)
    assert f"/wallet/c/{award_id}/part" not in pages.client.get(f"/wallet/c/{award_id}").text
    assert pages.client.get(f"/wallet/c/{award_id}/part").status_code == 409
