# SPDX-License-Identifier: Apache-2.0
"""A large upload is checked in the background: its page shows how far it is, with and without JavaScript."""

from __future__ import annotations

import json

import pytest
from tests.contract.web_console.test_batches import CHOICES, GOOD, upload
from tests.fakes.site import HandJobs, Site

from gakusho.errors import GakushoError
from gakusho.issuer import checking, institutions, tokens
from gakusho.issuer.access import Role
from gakusho.issuer.desk import STEPS

BROKEN = GOOD + '"佐藤 葵,S3\r\n'


def test_a_large_upload_is_followed_mended_and_submitted(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LARGE_LINES", 1)
    jobs = site.state.jobs
    assert isinstance(jobs, HandJobs)
    jobs.held = []
    preparer = site.member(Role.PREPARE)
    address = upload(site, preparer, BROKEN)
    [batch_id] = jobs.held
    waiting = preparer.get(address).text
    assert "Begins in a moment." in waiting
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
    assert "/submit" not in waiting
    progress = preparer.get(f"{address}/progress").json()
    assert (progress["finished"], progress["words"]) == (False, "Begins in a moment.")
    assert preparer.post(f"{address}/submit").status_code == 409

    with pytest.raises(GakushoError) as refused:
        STEPS.issue_some(site.state.workplace, batch_id, lambda: False)
    with site.state.work() as work:
        STEPS.fail(work, batch_id, refused.value)
    stopped = preparer.get(address).text
    assert "The check stopped" in stopped
    assert "opened in row 4 is never closed" in stopped
    assert "http-equiv" not in stopped
    assert preparer.get(f"{address}/progress").json()["finished"] is True

    again = {"table": ("mended.csv", GOOD.encode(), "text/csv")}
    assert preparer.post(f"{address}/choices", data=CHOICES, files=again).status_code == 303
    jobs.held = None
    preparer.post(f"{address}/resume")
    assert "2 credentials can be issued" in preparer.get(address).text
    mapped = {"column-0": "name", "column-1": "student_number", "column-3": "awarded_on"}
    assert preparer.post(f"{address}/mapping", data=mapped).status_code == 303
    assert "2 credentials can be issued" in preparer.get(address).text
    assert preparer.post(f"{address}/submit").status_code == 303


def test_a_program_is_told_how_far_a_large_upload_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LARGE_LINES", 1)
    jobs = site.state.jobs
    assert isinstance(jobs, HandJobs)
    jobs.held = []
    with site.state.work() as work:
        institutions.grant(work, None, site.sakura.institution.id, "prepare@sakura.example", Role.ADMINISTER)
        actor = institutions.actor_for(work, site.sakura.institution.id, site.sakura.preparer.person_id)
        token, _ = tokens.create_token(work, actor, "records", ["batches:read", "batches:write"])
    program = site.browser()
    program.headers["authorization"] = f"Bearer {token}"
    form = {"achievement_id": site.sakura.achievement_id, "choices": json.dumps({"formats": ["clr-2"]})}
    files = {"table": ("t.csv", GOOD.encode(), "text/csv")}
    looked = program.post("/api/v1/batches/upload?dry_run=true", data=form, files=files).json()
    assert (looked["state"], looked["counts"]["ready"], looked["dry_run"], jobs.held) == (
        "draft",
        2,
        True,
        [],
    )
    made = program.post("/api/v1/batches/upload", data=form, files=files)
    assert (made.status_code, made.json()["state"]) == (201, "checking")
    where = made.headers["location"]
    assert jobs.held == [made.json()["id"]]
    now = program.get(f"{where}/progress").json()
    assert (now["state"], now["check"]) == ("checking", {"phase": "waiting", "done": 0, "total": 0})
    assert program.get(f"{where}/rows").json() == []
    jobs.held = None
    jobs.issue(made.json()["id"])
    now = program.get(f"{where}/progress").json()
    assert (now["state"], now["check"], now["total"]) == ("draft", None, 2)
    assert program.get(where).json()["content_digest"] == looked["content_digest"]
