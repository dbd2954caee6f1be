# SPDX-License-Identifier: Apache-2.0
"""Skills, rubrics and endorsements of an achievement are typed into its form, with no JavaScript."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

from starlette.testclient import TestClient
from tests.fakes.site import Site
from tests.fakes.university import University

from gakusho.formats import Endorses, format_named
from gakusho.issuer import achievements, institutions
from gakusho.issuer.access import Role
from gakusho.model.achievement import Achievement
from gakusho.model.endorsement import Endorsement
from gakusho.model.issuer import Issuer
from gakusho.model.text import Text

BASE = "/console/sakura"
FORM = {
    "name_ja": "データ科学 履修証明",
    "criteria_ja": "120時間",
    "type": "MicroCredential",
    "language": "ja",
    "code": "DS-101",
    "result_0_name": "到達度",
    "result_0_type": "RubricCriterionLevel",
    "result_0_levels": "未到達; 0\n到達; 3; 一人でできる\n",
    "result_0_required": "到達",
    "result_1_name": "GPA",
    "result_1_type": "GradePointAverage",
    "result_1_min": "0",
    "result_1_max": "4.3",
    "alignment_0_name": "データ分析",
    "alignment_0_url": "http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
    "alignment_0_type": "ext:Skill",
    "alignment_0_framework": "ESCO",
    "alignment_1_name": "統計的推測",
    "alignment_1_url": "https://case.example/items/7",
    "alignment_1_type": "CFItem",
    "alignment_1_code": "S.7",
    "alignment_2_name": "",
}


def made(site: Site, client: TestClient, form: dict[str, str] | None = None) -> tuple[str, Achievement]:
    answer = client.post(f"{BASE}/achievements/new", data=form or FORM)
    assert answer.status_code == 303
    address = answer.headers["location"].split("?")[0]
    return address, kept(site, address)


def kept(site: Site, address: str) -> Achievement:
    with site.state.work(read_only=True) as work:
        view = achievements.achievement(work, site.sakura.institution.id, address.rsplit("/", 1)[1])
    return view.achievement


def fields(page: str) -> dict[str, str]:
    """Give what a browser would send of a form's inputs when nothing is changed."""
    form = re.search(r'<form method="post" enctype.*?</form>', page, re.DOTALL)
    assert form is not None
    inputs = re.findall(r'<input[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form[0])
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form[0], re.DOTALL)
    unticked = {name for name, _ in inputs if name.endswith("_remove")} | {"remove_image"}
    found = {name: unescape(value) for name, value in (*inputs, *areas) if name not in unticked}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_skills_and_levels_are_kept_as_typed(site: Site) -> None:
    _, achievement = made(site, site.member(Role.PREPARE))
    assert achievement.code == "DS-101"
    assert [one.target_name for one in achievement.skills] == ["データ分析", "統計的推測"]
    assert achievement.alignments[1].target_code == "S.7"
    rubric, average = achievement.result_descriptions
    assert [(one.name, one.points, one.description) for one in rubric.levels] == [
        ("未到達", "0", None),
        ("到達", "3", "一人でできる"),
    ]
    assert rubric.required_level == rubric.levels[1].id
    assert (average.value_min, average.value_max) == ("0", "4.3")


def test_saving_the_form_as_it_is_shown_changes_nothing(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    address, achievement = made(site, preparer)
    assert preparer.post(address, data=fields(preparer.get(address).text)).status_code == 303
    assert kept(site, address) == achievement


def test_rows_are_added_and_removed_and_nothing_typed_is_lost(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    address, achievement = made(site, preparer)
    typed = {**fields(preparer.get(address).text), "alignment_2_name": "三つ目", "more": "alignments"}
    page = preparer.post(address, data=typed)
    assert page.status_code == 200
    assert 'value="三つ目"' in page.text
    assert len(re.findall(r'name="alignment_\d+_name"', page.text)) == 8
    assert kept(site, address) == achievement
    without = {**fields(preparer.get(address).text), "alignment_0_remove": "yes"}
    assert preparer.post(address, data=without).status_code == 303
    assert [one.target_name for one in kept(site, address).alignments] == ["統計的推測"]


def test_what_is_wrong_is_said_and_the_typing_is_kept(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    for wrong in (
        {"alignment_0_url": "javascript:alert(1)"},
        {"alignment_0_name": ""},
        {"alignment_0_type": "Skill"},
        {"result_0_required": "卓越"},
        {"result_0_levels": "到達\n到達"},
    ):
        page = preparer.post(f"{BASE}/achievements/new", data={**FORM, **wrong})
        assert page.status_code == 400, wrong
        assert 'value="統計的推測"' in page.text


def word(of: str, comment: str = "課程は基準を満たしています。") -> bytes:
    agency = University.by_key(b"a" * 32)
    form: object = format_named("vc-jwt")
    assert isinstance(form, Endorses)
    said = Endorsement(
        id="urn:uuid:e0000000-0000-4000-8000-000000000001",
        endorser=Issuer(id=agency.did, name=Text.of(ja="青葉認証機構")),
        endorsed_id=of,
        comment=comment,
        valid_from=agency.now - timedelta(days=400),
    )
    return form.endorse(said, replace(agency.sealing, now=agency.now - timedelta(days=1))).data


def test_an_endorsement_is_verified_then_carried_then_taken_out(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    address, achievement = made(site, preparer)
    good = word(achievement.id)
    head, _, signature = good.split(b".")
    forged = b".".join((head, word(achievement.id, "最高です。").split(b".")[1], signature))
    for data in (forged, word("urn:uuid:another"), b"well done", b""):
        page = preparer.post(f"{address}/endorsements", data={"pasted": data.decode()})
        assert page.status_code == 400
        assert kept(site, address).endorsements == ()
    sent = preparer.post(
        f"{address}/endorsements", files={"endorsement": ("word.jwt", good + b"\n", "application/jwt")}
    )
    assert sent.status_code == 303
    assert kept(site, address).endorsements == (good,)
    page = preparer.get(address)
    assert "青葉認証機構" in page.text
    assert "課程は基準を満たしています。" in page.text
    digest = re.search(r'name="remove" value="([0-9a-f]{64})"', page.text)
    assert digest is not None
    assert (
        preparer.post(address, data=fields(page.text)).status_code == 303
    )  # the form itself leaves it there
    assert kept(site, address).endorsements == (good,)
    assert preparer.post(f"{address}/endorsements", data={"remove": digest[1]}).status_code == 303
    assert kept(site, address).endorsements == ()


def test_only_who_prepares_may_change_endorsements(site: Site) -> None:
    address, achievement = made(site, site.member(Role.PREPARE))
    approver = site.member(Role.APPROVE)
    data = {"pasted": word(achievement.id).decode()}
    assert approver.post(f"{address}/endorsements", data=data).status_code == 403
    assert kept(site, address).endorsements == ()


def test_the_institution_carries_endorsements_of_itself(site: Site) -> None:
    administrator, address = site.member(Role.ADMINISTER), f"{BASE}/settings"
    good = word(site.sakura.institution.did)
    for data, status in ((word("urn:uuid:another"), 400), (good, 303)):
        answer = administrator.post(f"{address}/endorsements", data={"pasted": data.decode()})
        assert answer.status_code == status
    assert "青葉認証機構" in administrator.get(address).text
    with site.state.work(read_only=True) as work:
        view = institutions.institution(work, site.sakura.institution.id)
    assert institutions.issuer_of(view).endorsements == (good,)
    digest = hashlib.sha256(good).hexdigest()
    assert administrator.post(f"{address}/endorsements", data={"remove": digest}).status_code == 303
    with site.state.work(read_only=True) as work:
        view = institutions.institution(work, site.sakura.institution.id)
    assert institutions.issuer_of(view).endorsements == ()
    preparer = site.member(Role.PREPARE)
    assert preparer.post(f"{address}/endorsements", data={"remove": digest}).status_code == 403
