# SPDX-License-Identifier: Apache-2.0
"""Achievements, members, keys and tokens through the pages."""

from __future__ import annotations

import re

from tests.fakes.site import Site

from gakusho.issuer import achievements, institutions, tokens
from gakusho.issuer.access import Role

BASE = "/console/sakura"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6300010000000500010d0a2db40000000049454e44ae426082"
)
FORM = {
    "name_ja": "データ科学 履修証明",
    "name_en": "Data Science",
    "criteria_ja": "120時間",
    "criteria_en": "120 hours",
    "type": "CertificateOfCompletion",
    "language": "ja",
    "credits": "8",
    "tags": "統計、機械学習",
    "result_0_name": "GPA",
    "result_0_type": "GradePointAverage",
}


def test_an_achievement_is_defined_in_both_languages_and_gets_its_template(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    made = preparer.post(f"{BASE}/achievements/new", data=FORM)
    assert made.status_code == 303
    address = made.headers["location"].split("?")[0]
    with site.state.work(read_only=True) as work:
        kept = achievements.achievement(
            work, site.sakura.institution.id, address.rsplit("/", 1)[1]
        ).achievement
    assert kept.name.as_dict() == {"ja": "データ科学 履修証明", "en": "Data Science"}
    assert kept.tags == ("統計", "機械学習")
    assert kept.credits_available == 8
    assert [r.name for r in kept.result_descriptions] == ["GPA"]
    template = preparer.get(f"{address}/template.csv").content
    assert template.startswith(b"\xef\xbb\xbf")
    assert "GPA" in template.decode("utf-8-sig").splitlines()[0]
    assert "GPA" in preparer.get(f"{address}/columns").text
    known = re.search(r'name="result_0_id" value="([^"]+)"', preparer.get(address).text)
    assert known is not None
    changed = preparer.post(address, data={**FORM, "name_en": "Data", "result_0_id": known[1]})
    assert changed.status_code == 303
    with site.state.work(read_only=True) as work:
        view = achievements.achievement(work, site.sakura.institution.id, address.rsplit("/", 1)[1])
    assert (view.version, view.achievement.result_descriptions) == (2, kept.result_descriptions)


def test_what_is_wrong_with_an_achievement_is_said_and_the_typing_is_kept(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    for wrong in (
        {"name_ja": "", "name_en": ""},
        {"criteria_ja": "", "criteria_en": ""},
        {"credits": "many"},
    ):
        answer = preparer.post(f"{BASE}/achievements/new", data={**FORM, **wrong})
        assert answer.status_code == 400
        assert "統計、機械学習" in answer.text
        assert answer.text.count('aria-invalid="true"') == 1


def test_an_image_that_is_no_image_or_is_active_is_refused(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    for data in (b"GIF89a", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'):
        answer = preparer.post(f"{BASE}/achievements/new", data=FORM, files={"image": ("x.svg", data)})
        assert answer.status_code == 400
    large = preparer.post(f"{BASE}/achievements/new", data=FORM, files={"image": ("x.png", PNG * 40_000)})
    assert large.status_code == 413


def test_an_svg_badge_is_served_so_that_it_cannot_act(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    made = preparer.post(f"{BASE}/achievements/new", data=FORM, files={"image": ("x.svg", svg)})
    assert made.status_code == 303, made.text
    answer = preparer.get(made.headers["location"].split("?")[0] + "/image")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_token_is_shown_once_and_works_until_it_is_ended(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    form = {"label": "SIS", "scopes": ["awards:read"], "days": "90"}
    shown = administrator.post(f"{BASE}/settings/tokens", data=form).text
    found = re.search(r'value="(gak_[^"]+)"', shown)
    assert found is not None
    assert found[1] not in administrator.get(f"{BASE}/settings/tokens").text
    api = {"authorization": f"Bearer {found[1]}"}
    assert site.browser().get("/api/v1/awards", headers=api).status_code == 200
    with site.state.work(read_only=True) as work:
        [view] = tokens.tokens(work, site.sakura.institution.id)
    assert administrator.post(f"{BASE}/settings/tokens/revoke", data={"id": view.id}).status_code == 303
    assert site.browser().get("/api/v1/awards", headers=api).status_code in {401, 403}


def test_members_come_and_go_but_an_administrator_stays(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    form = {"email": "new@sakura.example", "name": "新任", "role": "approve"}
    assert administrator.post(f"{BASE}/settings/members", data=form).status_code == 303
    newcomer = site.browser("new@sakura.example")
    assert newcomer.get("/console").headers["location"] == BASE
    last = {"person": site.sakura.administrator.person_id, "role": "administer"}
    assert administrator.post(f"{BASE}/settings/members/withdraw", data=last).status_code == 409
    bad = administrator.post(f"{BASE}/settings/members", data={**form, "role": "owner"})
    assert bad.status_code == 400


def test_a_new_key_leaves_the_old_one_in_the_history(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    assert administrator.post(f"{BASE}/settings/keys", data={"purpose": "credential"}).status_code == 303
    with site.state.work(read_only=True) as work:
        states = [
            k.state for k in institutions.keys(work, site.sakura.institution.id) if k.purpose == "credential"
        ]
    assert sorted(states) == ["active", "retired"]
    assert administrator.post(f"{BASE}/settings/keys", data={"purpose": "authority"}).status_code == 400


def test_the_key_for_signed_tokens_is_shown_and_changed_where_one_is_needed(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    button = 'name="purpose" value="compatibility"'
    for chosen, needed in (("open-badges-3", False), ("vc-jwt", True), ("open-badges-3", True)):
        assert administrator.post(f"{BASE}/settings/formats", data={"formats": [chosen]}).status_code == 303
        page = administrator.get(f"{BASE}/settings/keys").text
        assert (button in page, "RSA-3072" in page) == (needed, needed)
    assert administrator.post(f"{BASE}/settings/keys", data={"purpose": "compatibility"}).status_code == 303
    with site.state.work(read_only=True) as work:
        found = institutions.keys(work, site.sakura.institution.id)
    assert sorted(k.state for k in found if k.purpose == "compatibility") == ["active", "retired"]


def test_the_log_names_who_did_what(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    administrator.post(f"{BASE}/settings/keys", data={"purpose": "credential"})
    log = administrator.get(f"{BASE}/settings/log").text
    assert "made a new key" in log
    assert "administer" in log


def test_the_profile_is_changed_and_checked(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    form = {
        "name_ja": "さくら大学",
        "name_en": "Sakura University",
        "signatory_name": "森 一",
        "signatory_title_ja": "学長",
        "country": "jp",
        "claim_days": "200",
    }
    assert administrator.post(f"{BASE}/settings", data=form).status_code == 303
    with site.state.work(read_only=True) as work:
        view = institutions.institution(work, site.sakura.institution.id)
    assert view.settings["claim_days"] == 200
    assert view.settings["signatory_title"]["ja"] == "学長"
    refused = administrator.post(f"{BASE}/settings", data={**form, "claim_days": "soon"})
    assert refused.status_code == 400
    assert "森 一" in refused.text
