# SPDX-License-Identifier: Apache-2.0
"""An institution puts its own words on its documents, looks at the page, and finds them on what it issues."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from sqlalchemy import select
from tests.fakes.desk import learners
from tests.fakes.site import Site

from gakusho.errors import ForbiddenError, InputError
from gakusho.formats._pdf.own_templates import builtin
from gakusho.formats._pdf.page import page_data, template_keyword
from gakusho.formats._pdf.text import folded, shown_text
from gakusho.formats._pdf.typesetting import typeset
from gakusho.issuer import _codec, batches, institutions, look, templates, wording
from gakusho.issuer.access import Role
from gakusho.issuer.choices import Choices
from gakusho.issuer.look import Look
from gakusho.model.achievement import Image
from gakusho.model.award import Award, DocumentDetails, SealImage
from gakusho.model.document import DOCUMENT_KINDS
from gakusho.model.text import Text
from gakusho.store.tables import Event

PAGE = "/console/sakura/settings/wording"
OWN = {"ja": "本学学則の定めるところにより\n{achievement}\nを授与する", "en": "by the rules\n{achievement}"}


@pytest.fixture
def kind() -> str:
    """Words and pictures are set by no statement of a database; both keep the settings they stand in."""
    return "sqlite"


def form(act: str, kind: str = "diploma", **words: str) -> dict[str, str]:
    return {"kind": kind, "language": "ja", "act": act, **(words or OWN)}


def kept(site: Site) -> institutions.InstitutionView:
    with site.state.work(read_only=True) as work:
        return institutions.institution(work, site.sakura.institution.id)


def printed(award: Award) -> str:
    pdf = typeset(award.document.kind, page_data(award, link=None), at=award.valid_from)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return shown_text(document)


def test_words_are_looked_at_first_and_then_kept(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    looked = administrator.post(PAGE, data=form("preview"))
    assert looked.status_code == 200
    assert "data:image/png;base64," in looked.text
    assert wording.wording_version(kept(site).settings) == 0
    assert administrator.post(PAGE, data=form("save")).status_code == 303
    view = kept(site)
    assert wording.worded(view.settings, "diploma") == Text.of(OWN)
    assert not wording.worded(view.settings, "transcript")
    assert wording.wording_version(view.settings) == 1


def test_the_picture_has_the_words_and_is_not_the_templates(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    for language in ("ja", "en", "ja-en"):
        asked = {"kind": "diploma", "language": language}
        plain = preparer.get(f"{PAGE}/preview.png", params=asked)
        own = preparer.get(f"{PAGE}/preview.png", params=asked | OWN)
        assert plain.headers["content-type"] == own.headers["content-type"] == "image/png"
        assert plain.content != own.content, language


def test_every_document_can_be_looked_at(site: Site) -> None:
    member = site.member(Role.PREPARE)
    for kind in DOCUMENT_KINDS:
        found = member.get(f"{PAGE}/preview.png", params={"kind": kind, "language": "ja-en", **OWN})
        assert found.content.startswith(b"\x89PNG"), kind
    assert member.get(f"{PAGE}/preview.png", params={"kind": "../x", "language": "ja"}).status_code == 404


def test_a_batch_prints_the_words_and_each_document_names_their_version(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    for words in (OWN, {"ja": "学長の定めにより{achievement}を授与する。#panic()"}):
        assert administrator.post(PAGE, data=form("save", **words)).status_code == 303
    with site.state.work() as work:
        view = batches.create_from_rows(
            work,
            site.sakura.preparer,
            achievement_id=site.sakura.achievement_id,
            rows=learners(1),
            choices=Choices(document_kind="diploma"),
        )
        [award] = batches.previews(work, site.sakura.institution.id, view.id)
    name = award.achievement.name.best("ja")
    assert folded(f"学長の定めにより{name}を授与する。#panic()") in printed(award)
    keyword = page_data(award, link=None)["template"]
    assert keyword == template_keyword("diploma", "ja", 2)
    assert keyword.endswith(".2")
    assert _codec.award_from_json(_codec.award_to_json(award, None), None) == award


def test_the_log_keeps_every_version_word_for_word(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    administrator.post(PAGE, data=form("save"))
    administrator.post(PAGE, data={**form("save"), "ja": "", "en": ""})
    with site.state.work(read_only=True) as work:
        events = work.session.scalars(select(Event).where(Event.act == "document.look").order_by(Event.at))
        found = [(each.detail["version"], each.detail["words"]) for each in events]
    assert sorted(found) == [(1, OWN), (2, {})]
    assert not wording.worded(kept(site).settings, "diploma")
    assert "document.look" not in administrator.get("/console/sakura/settings/log").text


UNFIT = (
    ({"ja": "名称がない"}, "wording-achievement"),
    ({"ja": "{achievement}" + "あ" * 120}, "wording-long"),
    ({"ja": "{achievement}" + "\n二" * 6}, "wording-long"),
    ({"ja": "{achievement}𓀀"}, "wording-glyph"),
    ({"ja": "{achievement}\u202e"}, "wording-glyph"),
)


def test_words_no_page_could_carry_are_refused_and_stay_in_the_box(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    view = kept(site)
    for words, code in UNFIT:
        with pytest.raises(InputError) as caught:
            wording.check_wording(view, "diploma", Text.of(words))
        assert caught.value.code == code
        for act in ("preview", "save"):
            refused = administrator.post(PAGE, data=form(act, **words))
            assert refused.status_code == 400, code
            assert words["ja"][-3:] in refused.text
    assert wording.wording_version(kept(site).settings) == 0


def test_only_an_administrator_changes_words(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    assert preparer.get(PAGE).status_code == 200
    assert preparer.post(PAGE, data=form("save")).status_code == 403
    with site.state.work() as work, pytest.raises(ForbiddenError):
        look.change(work, site.sakura.preparer, "diploma", Text.of(OWN), Look())
    assert wording.wording_version(kept(site).settings) == 0


def test_what_was_kept_before_there_were_words_reads_the_same() -> None:
    plain = DocumentDetails(kind="diploma")
    said = _codec.document_to_json(plain)
    assert "wording" not in said
    assert _codec.document_from_json(said) == plain


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7H1z"/></svg>'
LOOK = {
    "paper": "b4",
    "orientation": "landscape",
    "signatory_name": "汐見 遙",
    "signatory_name_en": "SHIOMI Haruka",
    "signatory_title_ja": "学長",
    "signatory_title_en": "President",
    "seal_place": "beside",
    "seal_size": "30",
    "document_language": "ja-en",
}


def test_seal_paper_and_signatory_are_seen_kept_and_frozen_by_an_approval(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    chosen = {"seal": ("seal.svg", SVG, "image/svg+xml")}
    picture = administrator.post(f"{PAGE}/preview.png", data={**form(""), **LOOK}, files=chosen)
    plain = administrator.get(f"{PAGE}/preview.png", params={"kind": "diploma", "language": "ja", **OWN})
    assert picture.content.startswith(b"\x89PNG")
    assert picture.content != plain.content
    looked = administrator.post(PAGE, data={**form("preview"), **LOOK}, files=chosen)
    [digest] = re.findall(r'name="seal_file" value="([0-9a-f]{64})"', looked.text)
    # what was looked at is kept without being chosen again
    saved = administrator.post(PAGE, data={**form("save"), **LOOK, "seal_file": digest}, files={"x": b""})
    assert saved.status_code == 303, saved.text
    with site.state.work() as work:
        view = batches.create_from_rows(
            work,
            site.sakura.preparer,
            achievement_id=site.sakura.achievement_id,
            rows=learners(1),
            choices=Choices(document_kind="diploma"),
        )
        submitted = batches.submit(work, site.sakura.preparer, view.id)
        batches.approve(work, site.sakura.approver, view.id, submitted.content_digest or "")
    removed = {**form("save"), **LOOK, "no_seal": "yes", "paper": "a4", "signatory_name_en": ""}
    removed |= {"orientation": ""}
    assert administrator.post(PAGE, data=removed).status_code == 303
    with site.state.work(read_only=True) as work:
        [award] = batches.previews(work, site.sakura.institution.id, view.id)
        log = work.session.scalars(select(Event).where(Event.act == "document.look").order_by(Event.id))
        seals = [each.detail["seal"] for each in log]
    document = award.document
    assert document.seal == SealImage(
        image=Image(media_type="image/svg+xml", data=SVG), size=30, place="beside"
    )
    assert (document.paper, document.orientation, document.signatory_name_en, document.wording_version) == (
        "b4",
        "landscape",
        "SHIOMI Haruka",
        1,
    )
    assert [seal and seal["file"] for seal in seals] == [digest, None], "the log has each version"
    assert not {"seal", "orientations"} & set(kept(site).settings["wording"])
    assert _codec.award_from_json(_codec.award_to_json(award)) == award
    with site.state.work() as work:
        own = {"diploma.typ": builtin()["diploma.typ"].replace(b"46pt", b"30pt")}
        packed = templates.try_out(kept(site), own, work.files.get)
        templates.change(work, site.sakura.administrator, packed)
    assert "templates of your own, version 1" in administrator.get(PAGE).text
    shown = administrator.get(f"{PAGE}/preview.png", params={"kind": "diploma", "language": "ja", **OWN})
    assert shown.content != plain.content, "what is seen is what is set"
    assert wording.wording_version(kept(site).settings) == 2
    start = site.member(Role.PREPARE).get(
        f"/console/sakura/batches/new?achievement={site.sakura.achievement_id}"
    )
    assert re.search(r'value="ja-en" selected', start.text), "a batch begins with the language chosen"


def test_a_look_no_page_can_have_is_refused(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    chosen = {"seal": ("seal.svg", SVG, "image/svg+xml")}
    for changes in (
        {"paper": "a2"},
        {"orientation": "upside down"},
        {"kind": "transcript", "paper": "a4"},
        {"seal_size": "90"},
        {"document_language": "fr"},
        {"signatory_name": "𓀀"},
        {"signatory_title_ja": "長" * 101},
    ):
        refused = administrator.post(PAGE, data={**form("save"), **LOOK, **changes}, files=chosen)
        assert (refused.status_code, "notice-error" in refused.text) == (400, True), changes
    evil = {"seal": ("seal.svg", SVG.replace(b"<path", b"<script/><path"), "image/svg+xml")}
    assert administrator.post(PAGE, data={**form("save"), **LOOK}, files=evil).status_code == 400
    assert "wording" not in kept(site).settings
