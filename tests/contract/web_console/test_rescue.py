# SPDX-License-Identifier: Apache-2.0
"""Old badges in the console: the institution's own become a draft, each other file is told why not."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from tests.fakes.desk import approved, learners
from tests.fakes.site import Site
from tests.fakes.university import University
from tests.unit.issuer.test_rescue import OLD, old_badge
from tests.vectors.open_badges_2.test_1edtech_fixtures import PIXEL

from gakusho.errors import InputError, SamePersonError
from gakusho.formats import format_named
from gakusho.issuer import batches, institutions, rescuing
from gakusho.issuer.access import Role
from gakusho.issuer.choices import Choices
from gakusho.store.tables import SealedRow
from gakusho.web.here import OwnFetcher

PAGE = "/console/sakura/rescue"
TABLE = "お名前,メール\r\n髙橋 花子,Hanako@students.aoba.example\r\n".encode("cp932")


@pytest.fixture
def old(site: Site) -> University:
    """An old platform that still answers."""
    university = University()
    object.__setattr__(site.state, "fetcher", university.fetcher())
    return university


def files(*badges: tuple[str, bytes], table: bytes | None = TABLE) -> list[tuple[str, tuple[str, bytes]]]:
    found = [("badges", badge) for badge in badges]
    return [*found, ("learners", ("learners.csv", table))] if table else found


def look(site: Site, *badges: tuple[str, bytes], **given: Any) -> str:
    answer = site.member(Role.PREPARE).post(
        PAGE,
        data={"hosts": given.pop("hosts", "badges.aoba.example")},
        files=files(*badges, **given),
    )
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def drafts(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"/console/sakura/batches/([0-9a-f-]{36})", page)))


def test_badges_of_ones_own_go_the_way_of_every_batch(site: Site, old: University) -> None:
    badge = old_badge(old)
    other = json.loads(badge) | {"id": f"{OLD}/assertions/2", "issuedOn": "2020-03-20T00:00:00+09:00"}
    old.documents[f"{OLD}/assertions/2"] = json.dumps(other).encode()
    baker: Any = format_named("open-badges-2")
    baked = baker.bake(old.documents[f"{OLD}/assertions/2"], PIXEL)
    page = look(site, ("one.json", badge), ("two.png", baked), ("again.json", badge))
    assert "Another of the files is the same badge" in page
    [batch_id] = drafts(page)
    with site.state.work() as work:
        view = batches.batch(work, site.sakura.institution.id, batch_id)
        assert (view.state, view.counts.ready, view.choices.formats) == (
            "draft",
            2,
            ("open-badges-3", "signed-pdf"),
        )
        submitted = batches.submit(work, site.sakura.preparer, batch_id)
    with (
        pytest.raises(SamePersonError),
        site.state.work() as work,
    ):
        batches.approve(
            work,
            replace(site.sakura.preparer, roles=frozenset(Role)),
            batch_id,
            submitted.content_digest or "",
        )
    with site.state.work() as work:
        batches.approve(work, site.sakura.approver, batch_id, submitted.content_digest or "")
    site.state.jobs.issue(batch_id)
    old.documents.clear()  # the old platform is switched off
    with site.state.work(read_only=True) as work:
        sealed = [
            row.data or work.files.get(row.file or "")
            for row in work.session.scalars(select(SealedRow).where(SealedRow.format == "open-badges-3"))
        ]
    assert len(sealed) == 2
    for data in sealed:
        read = format_named("open-badges-3").read(data).award
        assert read.issuer.id == site.sakura.institution.did
        assert read.learner.name.full == "髙橋 花子"
        assert read.achievement.name.best() == "データサイエンス入門"
        assert f"{OLD}/assertions/" in (read.narrative or "")
        assert "課題をすべて提出した。" in (read.narrative or "")


def test_each_file_that_is_not_rescued_is_told_why_and_its_twin_is_rescued(
    site: Site, old: University
) -> None:
    badge = old_badge(old)
    forged = badge.replace(b"2019-03-20", b"2009-03-20")
    assert forged != badge
    bad = (("forged.json", forged), ("junk.png", b"junk"), ("new.json", old.sealed()), ("empty.svg", b""))
    page = look(site, *bad)
    assert drafts(page) == []
    assert page.count('class="problem"') == len(bad)
    assert "was not found valid" in page
    assert "no badge of Open Badges 2.0" in page
    assert len(drafts(look(site, ("own.json", badge)))) == 1


def test_a_badge_of_somebody_else_is_not_rescued(site: Site, old: University) -> None:
    badge = old_badge(old)
    page = look(site, ("own.json", badge), hosts="")
    assert drafts(page) == []
    assert "is not this institution" in page
    assert "host name of that time" in page


def test_a_learner_named_by_a_hash_needs_the_table(site: Site, old: University) -> None:
    badge = old_badge(old)
    assert "only by a hash" in look(site, ("own.json", badge), table=None)
    preparer = site.member(Role.PREPARE)
    wrong = files(("own.json", badge), table=b"a,b\r\n1,2\r\n")
    answer = preparer.post(PAGE, data={"hosts": "badges.aoba.example"}, files=wrong)
    assert answer.status_code == 400
    assert drafts(look(site, ("own.json", badge))) != []


@pytest.mark.parametrize(("form", "name"), [("open-badges-2", "a.json"), ("open-badges-2-signed", "a.jws")])
def test_what_is_hosted_here_is_its_own_institutions_alone(form: str, name: str, site: Site) -> None:
    object.__setattr__(site.state, "fetcher", OwnFetcher(site.state.workplace))
    made = {}
    for slug, desk in (("sakura", site.sakura), ("momiji", site.momiji)):
        with site.state.work() as work:
            view = institutions.institution(work, desk.institution.id)
            choices = Choices(formats=(form,))
            batch = approved(work, desk, learners(1), choices=choices)
        site.state.jobs.issue(batch.id)
        with site.state.work(read_only=True) as work:
            wanted = select(SealedRow).where(SealedRow.institution_id == view.id, SealedRow.format == form)
            row = work.session.scalars(wanted).one()
            made[slug] = row.data or work.files.get(row.file or "")
    page = look(site, (name, made["sakura"]), hosts="", table=None)
    assert len(drafts(page)) == 1, page
    assert drafts(look(site, (name, made["momiji"]), hosts="", table=None)) == []


def test_only_who_prepares_rescues_and_the_page_needs_no_file_to_say_so(site: Site) -> None:
    for role in (Role.APPROVE, Role.ADMINISTER):
        assert site.member(role).get(PAGE).status_code == 403
        assert site.member(role).post(PAGE, files=files(("a.json", b"{}"))).status_code == 403
    preparer = site.member(Role.PREPARE)
    assert preparer.get(PAGE).status_code == 200
    assert preparer.post(PAGE, data={"hosts": ""}).status_code == 400
    many = files(*[("a.json", b"{}")] * 101)
    assert preparer.post(PAGE, files=many).status_code == 413
    assert site.browser("stranger@x.example").get(PAGE).status_code == 404


def test_a_badge_rescued_before_is_a_duplicate(site: Site, old: University) -> None:
    badge = old_badge(old)
    [first] = drafts(look(site, ("own.json", badge)))
    with site.state.work() as work:
        digest = batches.submit(work, site.sakura.preparer, first).content_digest
        batches.approve(work, site.sakura.approver, first, digest or "")
    site.state.jobs.issue(first)
    [second] = drafts(look(site, ("own.json", badge)))
    with site.state.work(read_only=True) as work:
        view = batches.batch(work, site.sakura.institution.id, second)
        assert (view.counts.duplicates, view.may_submit) == (1, False)
        assert view.achievement_id == batches.batch(work, site.sakura.institution.id, first).achievement_id


def test_whose_badges_are_the_institutions_own(site: Site) -> None:
    """Two universities on one server: its host is no proof of whose badge it is."""
    with site.state.work(read_only=True) as work:
        view = institutions.institution(work, site.sakura.institution.id)
    assert rescuing.owner_of(view, ["A.example"]).hosts == {"a.example", "sakura.example"}
    shared = replace(
        view, did="did:web:many.example:i:sakura", base_url="https://many.example", url="https://w.example/x"
    )
    owner = rescuing.owner_of(shared, ["many.example", "old.example"])
    assert owner.hosts == {"old.example", "w.example"}
    assert owner.profiles == {"https://many.example/i/sakura/ob2/issuer"}


def test_a_table_without_the_two_columns_is_refused() -> None:
    assert [
        one.email for one in rescuing.learners_of("氏名,メールアドレス\r\n髙橋,a@b.example\r\n".encode())
    ] == ["a@b.example"]
    with pytest.raises(InputError) as caught:
        rescuing.learners_of(b"name,number\r\nx,1\r\n")
    assert caught.value.code == "rescue-table"


@pytest.mark.parametrize(("country", "day"), [("JP", "2019-03-20"), ("FR", "2019-03-19")])
def test_the_day_is_that_of_the_institutions_clock(
    site: Site, old: University, country: str, day: str
) -> None:
    """Midnight in Japan is the day before in UTC."""
    with site.state.work() as work:
        institutions.change(work, site.sakura.administrator, country=country)
    [batch_id] = drafts(look(site, ("own.json", old_badge(old))))
    with site.state.work(read_only=True) as work:
        [row] = batches.rows(work, site.sakura.institution.id, batch_id)
    assert row.fields["awarded_on"] == day
    assert row.fields["narrative"].count(f"{OLD}/assertions/1") == 1
