# SPDX-License-Identifier: Apache-2.0
"""An administrator sends a designer's templates, sees what is wrong or how pages look, and goes back."""

from __future__ import annotations

import io
import re
import zipfile

import pikepdf
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.fakes.desk import approved, issue_all, learners
from tests.fakes.site import Site
from tests.fakes.trials import remember

from gakusho.errors import InputError
from gakusho.formats._pdf.own_templates import builtin
from gakusho.issuer import awards, institutions, templates
from gakusho.issuer.access import Role
from gakusho.issuer.choices import Choices
from gakusho.issuer.template_files import zipped
from gakusho.issuer.template_trial import Tried
from gakusho.model.problem import Problem, Severity
from gakusho.store.tables import Event
from gakusho.web.console import templates as pages

PAGE = "/console/sakura/settings/templates"
NEWLINE = b"\n"
OWN = builtin()["graduation.typ"] + b"\n#place(top, pdf.artifact(line(length: 10mm)))\n"


@pytest.fixture
def kind() -> str:
    """What is kept is the institution's settings, the log and files; both databases keep those elsewhere."""
    return "sqlite"


def sent(browser: TestClient, name: str, data: bytes, **fields: str) -> str:
    answer = browser.post(f"{PAGE}/try", data=fields, files={"files": (name, data)})
    assert answer.status_code in {303, 400}, answer.text
    return answer.text if answer.status_code == 400 else ""


def names(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def settings(site: Site) -> institutions.InstitutionView:
    with site.state.work(read_only=True) as work:
        return institutions.institution(work, site.sakura.institution.id)


def keyword(site: Site, batch_id: str) -> str:
    issue_all(site.state.workplace, batch_id)
    with site.state.work(read_only=True) as work:
        [award] = awards.find(work, site.sakura.institution.id, batch_id=batch_id)
        data = awards.sealed(work, award.id, "signed-pdf").data
    with pikepdf.open(io.BytesIO(data)) as document:
        return str(document.docinfo["/Keywords"])


def test_templates_are_tried_looked_at_used_and_gone_back_from(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = remember(monkeypatch, "gakusho.web.console.templates")
    administrator = site.member(Role.ADMINISTER)
    given = administrator.get(f"{PAGE}/built-in.zip").content
    assert given == administrator.get(f"{PAGE}/in-use.zip").content == zipped(builtin())
    assert sent(administrator, "pages.zip", zipped({"graduation.typ": OWN})) == ""
    proposed = templates.proposal(settings(site).settings)
    assert proposed is not None
    assert templates.version(settings(site).settings) == 0, "nothing is used before it is confirmed"
    shown = administrator.get(PAGE).text
    pictures = re.findall(rf'src="({PAGE}/proposed/[^"]+\.png)"', shown)
    assert len(pictures) == 3, "one for each language of the one kind that changed"
    drawn = {administrator.get(each).content for each in pictures}
    assert len(drawn) == 3
    assert all(each.startswith(b"\x89PNG") for each in drawn)
    other = pictures[0].replace(proposed.digest, "0" * 64)
    assert administrator.get(other).status_code == 404
    # ticked, and what was looked at
    assert administrator.post(f"{PAGE}/use", data={"digest": proposed.digest}).status_code == 400
    assert administrator.post(f"{PAGE}/use", data={"digest": "0" * 64, "seen": "yes"}).status_code == 409
    confirmed = {"digest": proposed.digest, "seen": "yes"}
    assert administrator.post(f"{PAGE}/use", data=confirmed).status_code == 303
    assert administrator.post(f"{PAGE}/use", data=confirmed).status_code == 409, "it is in use"
    with site.state.work() as work:
        first = approved(work, site.sakura, learners(1), choices=Choices(document_kind="graduation"))
    assert administrator.post(f"{PAGE}/built-in", data={}).status_code == 400
    assert administrator.post(f"{PAGE}/built-in", data={"seen": "yes"}).status_code == 303
    assert keyword(site, first.id).endswith("graduation:ja:own1"), "what was approved keeps its templates"
    listed = administrator.get(PAGE).text
    [own_version] = re.findall(rf'href="{PAGE}/versions/([0-9a-f-]{{36}})"', listed)
    assert names(administrator.get(f"{PAGE}/versions/{own_version}").content) == ["graduation.typ"]
    # back to it: tried with what it stands on now, looked at, and a version of its own
    assert administrator.post(f"{PAGE}/again", data={"version": own_version}).status_code == 303
    assert administrator.post(f"{PAGE}/use", data=confirmed).status_code == 303
    assert tried == [{"graduation.typ": OWN}] * 2
    assert templates.version(settings(site).settings) == 3
    with site.state.work(read_only=True) as work:
        events = work.session.scalars(select(Event).where(Event.act.startswith("document.templates")))
        acts = [each.act.removeprefix("document.templates") for each in events.all()]
        assert [each.version for each in templates.versions(work, site.sakura.institution.id)] == [3, 2, 1]
    assert acts == [".tried", "", "", ".tried", ""], "the log tells who tried and who used what"


def test_what_is_wrong_is_told_with_its_place_in_both_languages(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = site.member(Role.ADMINISTER)
    japanese = site.browser("administer@sakura.example", language="ja")
    for browser, words in ((administrator, "is not for templates"), (japanese, "様式では使えません")):
        told = sent(browser, "graduation.typ", OWN + b'\n  #eval("1")\n')
        assert f"<code>graduation.typ:{OWN.count(NEWLINE) + 2}:4</code>" in told
        assert words in told
    for name, data, words in (
        ("pages.zip", zipped({"../graduation.typ": OWN}), "leads out of"),
        ("graduation.typ", builtin()["graduation.typ"], "are those of the built-in"),
        ("graduation.typ", b" " * 2_100_000, "too large"),
        ("", b"", "No file was sent"),
        ("logo.png", b"\x89PNG", "neither a template"),
    ):
        assert words in sent(administrator, name, data)

    def stopped(*_: object, **__: object) -> None:
        raise InputError("x", code="template-page", facts={"got": "it took longer than 120 seconds"})

    monkeypatch.setattr("gakusho.issuer.aside.try_aside", stopped)
    assert "it took longer than 120 seconds" in sent(administrator, "graduation.typ", OWN)
    facts = (("got", "data.name"), ("pages", "graduation ja, graduation en, transcript ja"))
    lacking = Tried(problems=(Problem(code="template.says", severity=Severity.ERROR, facts=facts),))
    monkeypatch.setattr(pages, "trial", lambda *_: lacking)
    told = sent(administrator, "graduation.typ", OWN)
    assert "Certificate of Graduation (Japanese, English), Academic Transcript (Japanese)" in told
    assert "does not print data.name" in told
    assert "templates" not in settings(site).settings
    for part in ("use", "try", "again", "withdraw"):
        assert administrator.get(f"{PAGE}/{part}").status_code == 303


def test_only_administrators_and_only_so_often(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    preparer, administrator = site.member(Role.PREPARE), site.member(Role.ADMINISTER)
    for path in ("/try", "/again", "/use", "/built-in", "/withdraw"):
        foreign = {"origin": "https://elsewhere.example"}
        assert administrator.post(f"{PAGE}{path}", headers=foreign).status_code == 403
    assert "settings/templates" not in preparer.get("/console/sakura/settings").text
    monkeypatch.setattr(pages._places, "acquire", lambda **_: False)
    assert "being tried out" in administrator.post(f"{PAGE}/try", files={"files": ("a.typ", OWN)}).text
    for _ in range(20):
        answer = administrator.post(f"{PAGE}/try", files={"files": ("graduation.typ", OWN)})
    assert answer.status_code == 429
