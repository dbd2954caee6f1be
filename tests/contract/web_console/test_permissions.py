# SPDX-License-Identifier: Apache-2.0
"""Who may do what, route by route: made from the routes themselves, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from tests.fakes.desk import approved, issue_all, learners
from tests.fakes.site import Site

from gakusho.issuer import awards, batches, institutions
from gakusho.issuer.access import Role
from gakusho.web import console

PARTS = tuple(
    part
    for part in (import_module(f"{console.__name__}.{one.name}") for one in iter_modules(console.__path__))
    if part.__name__ != f"{console.__name__}.routes" and hasattr(part, "router")
)
"""Every file of the console that has pages, found where it lies."""


def _routes() -> Iterator[tuple[str, str]]:
    for part in PARTS:
        for route in part.router.routes:
            assert isinstance(route, APIRoute)
            if "{slug}" in route.path:
                for method in sorted(route.methods or ()):
                    yield method, route.path


ROUTES = sorted(set(_routes()))


def test_every_page_of_the_console_is_looked_at() -> None:
    paths = {path for _, path in ROUTES}
    assert len(ROUTES) > 40
    assert {f"/console/{{slug}}{end}" for rule in NEEDS for end in rule.split(" ")[1:]} <= paths


def _ids(site: Site) -> dict[str, str]:
    """Issue one credential at Sakura and leave one batch submitted; give the ids by part of the address."""
    with site.state.work() as work:
        issued = approved(work, site.sakura, learners(1))
    issue_all(site.state.workplace, issued.id)
    with site.state.work() as work:
        waiting = batches.create_from_rows(
            work,
            site.sakura.preparer,
            achievement_id=site.sakura.achievement_id,
            rows=learners(1, first=2),
        )
        batches.submit(work, site.sakura.preparer, waiting.id)
        award = awards.find(work, site.sakura.institution.id)[0]
    return {"achievements": site.sakura.achievement_id, "batches": waiting.id, "records": award.id}


def _address(path: str, slug: str, ids: dict[str, str]) -> str:
    part = path.split("/")[3] if path.count("/") > 2 else ""
    filled = (
        path.replace("{slug}", slug)
        .replace("{id}", ids.get(part, ""))
        .replace("{number}", "1")
        .replace("{act}", "submit")
    )
    return filled.replace("{name}", "open-badges-3")


def _ask(browser: TestClient, method: str, address: str) -> int:
    return (
        browser.request(method, address).status_code if method == "GET" else browser.post(address).status_code
    )


def test_nobody_gets_in_without_signing_in(site: Site) -> None:
    ids, stranger = _ids(site), site.browser()
    for method, path in ROUTES:
        answer = stranger.request(method, _address(path, "sakura", ids))
        assert answer.status_code == 303, (method, path)
        assert answer.headers["location"].startswith("/sign-in?next="), (method, path)


def test_a_member_of_another_institution_finds_nothing(site: Site) -> None:
    ids = _ids(site)
    with site.state.work() as work:
        for role in Role:
            institutions.grant(
                work, None, site.momiji.institution.id, "all@momiji.example", role, "everything at Momiji"
            )
    other = site.browser("all@momiji.example")
    for method, path in ROUTES:
        assert _ask(other, method, _address(path, "sakura", ids)) == 404, (method, path)
    for method, path in ROUTES:
        if "{id}" not in path:
            continue
        # Their own address with somebody else's id; a form that is refused before anything is looked up
        # may say 400 where nothing of the other institution is told.
        status = _ask(other, method, _address(path, "momiji", ids))
        assert status == 404, (method, path, status)
    assert other.get(f"/console/momiji/records/decide?act=revoke&id={ids['records']}").status_code == 404
    refused = other.post(
        "/console/momiji/records/decide", data={"act": "revoke", "id": ids["records"], "reason": "x"}
    )
    assert refused.status_code == 404
    with site.state.work(read_only=True) as work:
        assert awards.award(work, site.sakura.institution.id, ids["records"]).state == "active"
        assert batches.batch(work, site.sakura.institution.id, ids["batches"]).state == "submitted"


NEEDS = {
    # what a role may not do, by the end of the address: the roles that may
    "GET /achievements/new": {Role.PREPARE},
    "POST /achievements/new": {Role.PREPARE},
    "POST /achievements/{id}": {Role.PREPARE},
    "POST /achievements/{id}/archive": {Role.PREPARE, Role.ADMINISTER},
    "GET /batches/new": {Role.PREPARE},
    "POST /batches/new": {Role.PREPARE},
    "POST /batches/{id}/submit": {Role.PREPARE},
    "POST /batches/{id}/mapping": {Role.PREPARE},
    "POST /batches/{id}/approve": {Role.APPROVE},
    "POST /batches/{id}/send-back": {Role.APPROVE},
    "GET /records/{id}/correct": {Role.PREPARE},
    "POST /records/{id}/correct": {Role.PREPARE},
    "POST /settings": {Role.ADMINISTER},
    "POST /settings/keys": {Role.ADMINISTER},
    "GET /settings/members": {Role.ADMINISTER},
    "POST /settings/members": {Role.ADMINISTER},
    "POST /settings/members/withdraw": {Role.ADMINISTER},
    "GET /settings/tokens": {Role.ADMINISTER},
    "POST /settings/tokens": {Role.ADMINISTER},
    "POST /settings/tokens/revoke": {Role.ADMINISTER},
    "GET /settings/log": {Role.ADMINISTER},
    "POST /rescue": {Role.PREPARE},
    "GET /records/{id}/copies": {Role.PREPARE},
    "POST /records/{id}/copies": {Role.PREPARE},
    "POST /records/{id}/link/withdraw": {Role.APPROVE, Role.ADMINISTER},
    "POST /records/{id}/link/restore": {Role.APPROVE, Role.ADMINISTER},
    "POST /settings/endorsements": {Role.ADMINISTER},
    "POST /settings/formats": {Role.ADMINISTER},
    "POST /settings/formats/code": {Role.ADMINISTER},
    "POST /settings/signing": {Role.ADMINISTER},
    "POST /settings/wording": {Role.ADMINISTER},
    "GET /settings/templates": {Role.ADMINISTER},
    "GET /settings/templates/built-in.zip": {Role.ADMINISTER},
    "GET /settings/templates/in-use.zip": {Role.ADMINISTER},
    "GET /settings/templates/proposed.zip": {Role.ADMINISTER},
    "GET /settings/templates/versions/{line}": {Role.ADMINISTER},
    "POST /settings/templates/try": {Role.ADMINISTER},
    "POST /settings/templates/again": {Role.ADMINISTER},
    "POST /settings/templates/use": {Role.ADMINISTER},
    "POST /settings/templates/built-in": {Role.ADMINISTER},
    "POST /settings/templates/withdraw": {Role.ADMINISTER},
    "POST /settings/document-key/request": {Role.ADMINISTER},
    "POST /settings/document-key/certificate": {Role.ADMINISTER},
    "POST /settings/document-key/file": {Role.ADMINISTER},
    "POST /settings/document-key/token": {Role.ADMINISTER},
    "POST /settings/document-key/service": {Role.ADMINISTER},
    "GET /settings/kiosks": {Role.ADMINISTER},
    "POST /settings/kiosks/machines": {Role.ADMINISTER},
    "POST /settings/kiosks/revoke": {Role.ADMINISTER},
    "POST /settings/kiosks/offer": {Role.ADMINISTER},
    "POST /settings/kiosks/students": {Role.PREPARE, Role.ADMINISTER},
}
FORMS = {
    "/settings": {"claim_days": "90", "name_ja": "あ", "name_en": "a"},
    "/settings/keys": {"purpose": "credential"},
    "/settings/members": {"email": "x@sakura.example", "role": "approve"},
    "/settings/tokens": {"label": "x", "scopes": "awards:read"},
    "/settings/wording": {"act": "save"},
    "/settings/signing": {"level": "B-B"},
    "/settings/formats": {"formats": "signed-pdf"},
    "/settings/formats/code": {"printed": "1"},
    "/settings/kiosks/machines": {"label": "x"},
    "/settings/kiosks/offer": {"sign_in": "pin", "currency": "JPY"},
    "/settings/kiosks/students": {"student_number": "S1", "pin": "4071"},
    "/batches/{id}/send-back": {"reason": "x"},
    "/achievements/new": {"name_ja": "あ", "criteria_ja": "い", "type": "Badge"},
    "/achievements/{id}": {"name_ja": "あ", "criteria_ja": "い", "type": "Badge"},
    "/records/{id}/correct": {"name": "別の 名"},
}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_only_what_it_may(site: Site, role: Role) -> None:
    ids, browser = _ids(site), site.member(role)
    with site.state.work(read_only=True) as work:
        member = institutions.members(work, site.sakura.institution.id)[0]
    for rule, allowed in NEEDS.items():
        if role in allowed:
            continue
        method, end = rule.split(" ")
        address = _address("/console/{slug}" + end, "sakura", ids)
        form = {**FORMS.get(end, {}), "achievement": ids["achievements"]}
        if end.endswith(("withdraw", "revoke")):
            form |= {"person": member.person_id, "role": "approve", "id": ids["records"]}
        status = (
            browser.get(address).status_code
            if method == "GET"
            else browser.post(address, data=form).status_code
        )
        assert status == 403, (rule, role, status)
    with site.state.work(read_only=True) as work:
        assert batches.batch(work, site.sakura.institution.id, ids["batches"]).state == "submitted"


def test_a_role_taken_away_ends_at_once(site: Site) -> None:
    browser = site.member(Role.APPROVE)
    assert browser.get("/console/sakura").status_code == 200
    with site.state.work() as work:
        institutions.withdraw(work, site.sakura.administrator, site.sakura.approver.person_id, Role.APPROVE)
    assert browser.get("/console/sakura").status_code == 404


def test_who_works_for_two_institutions_is_asked_which(site: Site) -> None:
    with site.state.work() as work:
        institutions.grant(work, None, site.momiji.institution.id, "prepare@sakura.example", Role.APPROVE)
    browser = site.member(Role.PREPARE)
    asked = browser.get("/console")
    assert asked.status_code == 200
    for slug in ("sakura", "momiji"):
        assert f'href="/console/{slug}"' in asked.text
    assert browser.get("/console/momiji/batches/new").status_code == 403, "roles do not travel"


def test_who_has_no_role_is_told_so(site: Site) -> None:
    asked = site.browser("learner@home.example").get("/console")
    assert asked.status_code == 200
    assert "no role" in asked.text


def test_ids_that_are_none_are_simply_not_found(site: Site) -> None:
    browser = site.member(Role.PREPARE)
    for bad in ("1", "x" * 300, "%00", "..%2f..", "' OR 1=1"):
        for part in ("batches", "records", "achievements"):
            assert browser.get(f"/console/sakura/{part}/{bad}").status_code == 404


def test_the_answer_of_the_console_is_never_kept_by_caches(site: Site) -> None:
    browser = site.member(Role.PREPARE)
    assert re.search("no-store", browser.get("/console/sakura").headers["cache-control"])
