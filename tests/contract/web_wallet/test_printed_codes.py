# SPDX-License-Identifier: Apache-2.0
"""A signed code is printed where the institution wants it, and a learner may have a copy without it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, learners
from tests.fakes.holders import class_of, one_learner
from tests.fakes.pages import Pages, open_pages

from gakusho.errors import InputError, UnreadableError
from gakusho.formats.paper_code import FORMAT
from gakusho.issuer import institutions, printed_codes
from gakusho.issuer.choices import Choices
from gakusho.model.report import Headline
from gakusho.model.text import Text
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify


@pytest.fixture(params=["sqlite"])
def kind(request: pytest.FixtureRequest) -> str:
    """Nothing here knows where it is kept: one database is enough."""
    found: str = request.param
    return found


@pytest.fixture
def beginning() -> Beginning:
    return one_learner


@pytest.fixture
def pages(workplace: Workplace, found: Desk, tmp_path: Path) -> Iterator[Pages]:
    with open_pages(class_of(workplace, found), tmp_path) as opened:
        yield opened


def scanned(pdf: bytes, folder: Path) -> bytes:
    """Give the first page as a scanner gives it, 200 dots per inch, gray."""
    (folder / "page.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "200", "-gray", "-singlefile", "-png", "page.pdf", "page"]
    subprocess.run(command, check=True, timeout=60, cwd=folder)
    return (folder / "page.png").read_bytes()


def headline(pages: Pages, data: bytes) -> Headline:
    return verify(data, now=pages.made.clock(), fetcher=pages.state.fetcher).headline


def test_the_institution_chooses_and_the_learner_may_do_without(pages: Pages, tmp_path: Path) -> None:
    desk = pages.made.desk
    before = pages.claimed(1)
    assert "without-code" not in pages.client.get(f"/wallet/c/{before}").text
    assert pages.client.post(f"/wallet/c/{before}/without-code").status_code == 409, "issued without a PDF"
    with pages.made.work() as work:
        printed_codes.choose(work, desk.administrator, printed=True)
    pages.made.issue(learners(1, first=2), choices=Choices())
    award_id = pages.claimed(2)
    printed = pages.client.get(f"/wallet/c/{award_id}/download/signed-pdf").content
    picture = scanned(printed, tmp_path)
    code = FORMAT.read(FORMAT.in_picture(picture)).award
    assert (code.id, code.issue_number) == (f"urn:uuid:{award_id}", "2026-000002")
    assert headline(pages, printed) is headline(pages, picture) is Headline.VALID

    assert f'action="/wallet/c/{award_id}/without-code"' in pages.client.get(f"/wallet/c/{award_id}").text
    answer = pages.client.post(f"/wallet/c/{award_id}/without-code")
    assert answer.headers["content-type"] == "application/pdf"
    assert headline(pages, answer.content) is Headline.VALID
    with pytest.raises(UnreadableError, match="No signed code"):
        FORMAT.in_picture(scanned(answer.content, tmp_path))
    stranger = pages.visitor().post(f"/wallet/c/{award_id}/without-code", follow_redirects=False)
    assert (stranger.status_code, stranger.headers["location"].partition("?")[0]) == (303, "/sign-in")

    # a photograph is checked by the server where the browser runs no scripts
    seen = pages.visitor().post("/verify", files={"file": ("scan.png", picture, "image/png")}).text
    assert "Compare the name, date of birth and number" in seen
    assert "2026-000002" in seen
    assert "Valid" in seen
    text = FORMAT.in_picture(picture).decode()
    assert "2026-000002" in pages.visitor().post("/verify", files={"text": (None, text)}).text


def test_an_institution_named_by_its_key_prints_none(pages: Pages) -> None:
    with pages.made.work() as work:
        school = institutions.found(work, slug="by-key", name=Text.of(ja="鍵大学"), did=institutions.DID_KEY)
        actor = pages.made.desk.administrator.__class__(
            **{**vars(pages.made.desk.administrator), "institution_id": school.id}
        )
        with pytest.raises(InputError) as caught:
            printed_codes.choose(work, actor, printed=True)
        assert caught.value.code == "no-code-key"


def test_the_page_for_papers_says_nothing_of_who_reads_it(pages: Pages) -> None:
    pages.claimed(1)
    page = pages.client.get("/verify/paper?lang=en")
    assert "Sign in" in page.text, "also to one who is signed in: it is kept by the browser"
    assert "learner1@" not in page.text
    assert "script-src 'self' 'wasm-unsafe-eval';" in page.headers["content-security-policy"]
    assert "wasm-unsafe-eval" not in pages.client.get("/verify").headers["content-security-policy"]
    worker = pages.client.get("/verify/paper/worker.js")
    assert worker.headers["service-worker-allowed"] == "/verify/paper"
    kept = pages.client.get("/verify/paper/keys.json").json()
    [(did, issuer)] = kept["issuers"].items()
    assert did == pages.made.desk.institution.did
    assert {key["id"].partition("#")[2] for key in issuer["keys"]} == {"document-1", "disclosure-1"}
    assert all(set(key["jwk"]) == {"kty", "crv", "x", "y"} for key in issuer["keys"])
