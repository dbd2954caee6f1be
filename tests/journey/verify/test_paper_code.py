# SPDX-License-Identifier: Apache-2.0
"""A code on paper in a browser: kept for use without a network, read from a picture, compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import select
from tests.fakes import scans
from tests.fakes.scans import Look
from tests.fakes.university import NOW
from tests.journey.conftest import Server, in_each_language_and_database
from tests.journey.verify.test_box import workplace
from tests.journey.wallet.test_learner import seen
from tests.vectors.paper_code import cases

from gakusho.formats import _paper_tables
from gakusho.formats.paper_code import FORMAT
from gakusho.issuer import awards, institutions
from gakusho.store.tables import AwardRow
from gakusho.web.verify import offline

READER = Path(offline.__file__).parents[1] / "static/vendor/zxing/zxing_reader.wasm"
WORDS = {
    "ja": {
        "signed": "署名は有効です（取り消しは未確認）",
        "unchecked": "取り消し：確かめていません（オフライン）。",
        "forged": "本物と認められません",
        "valid": "有効です",
        "none": "QRコードが見つかりません",
        "birth": "2003年4月1日",
    },
    "en": {
        "signed": "Signed by the institution; revocation not checked",
        "unchecked": "Revocation: not checked (offline).",
        "forged": "Not genuine",
        "valid": "Valid",
        "none": "No QR code was found",
        "birth": "1 April 2003",
    },
}
CHECKED = """async ([tables, directory, now, texts]) => {
  const { checked } = await import("/static/js/paper/code.js");
  const found = [];
  for (const text of texts) {
    found.push((await checked(text, { tables, directory, now: new Date(now) })).outcome);
  }
  return found;
}"""


def issued(server: Server) -> tuple[str, str]:
    """Give the code of a transcript that the demo signed, and the same with its signature changed."""
    place = workplace(server)
    with place.work() as work:
        school = institutions.institutions(work)[0]
        sealing = institutions.sealing(work, school.id, verification_link=lambda _: None)
        award_id = work.session.scalars(select(AwardRow.id).order_by(AwardRow.id)).first()
        assert award_id is not None
        award = awards.full(work, award_id)
    place.database.close()
    like = cases.transcript()
    award = replace(award, learner=like.learner, results=like.results, document=like.document)
    award = replace(award, components=(), associations=())
    text = FORMAT.write([award], sealing)[0].data.decode()
    message = cases.message(text)
    return text, cases.packed(message[:-1] + bytes([message[-1] ^ 1]))


def directory() -> dict[str, Any]:
    """Give the keys of the two universities of the cases as the browser keeps them."""
    ends = {cases.OLD: "expires", cases.LOST: "revoked"}
    found: dict[str, Any] = {}
    for did, keys in ((cases.AOBA, (cases.KEY, cases.OLD, cases.LOST)), (cases.MIDORI, (cases.THEIRS,))):
        found[did] = {
            "name": {"ja": did},
            "keys": [
                {
                    "id": key.verification_method,
                    "jwk": key.signer.public_key.jwk(),
                    **({ends[key]: cases.WITHDRAWN.isoformat()} if key in ends else {}),
                }
                for key in keys
            ],
        }
    return {"asOf": NOW.isoformat(), "issuers": found}


def show(page: Page, text: str) -> None:
    """Put a scan of a paper with this code into the page."""
    picture = scans.seen(scans.sheet([text]), Look(dots=250))
    file: FilePayload = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": picture}
    page.set_input_files("input[name=file]", file)


@pytest.mark.skipif(not READER.exists(), reason="npm is missing: the browser has no reader of QR codes")
@in_each_language_and_database
def test_a_paper_is_verified_without_a_network(
    server: Server, open_browser: Callable[..., Page], language: str
) -> None:
    words = WORDS[language]
    genuine, forged = issued(server)
    page = open_browser(language)
    page.goto("/verify/paper")
    page.wait_for_selector("[data-kept=yes]")
    seen(page, "paper-code", language)

    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-kept=yes]")
    show(page, genuine)
    verdict = page.locator(".verdict-word")
    expect(verdict).to_have_text(words["signed"])
    answer = page.locator("[data-paper-answer]")
    for said in ("髙橋 花子", "TAKAHASHI Hanako", words["birth"], "株式会社みどり製作所", words["unchecked"]):
        expect(answer).to_contain_text(said)
    expect(answer.locator("tbody tr")).to_have_count(60)
    expect(answer).to_be_focused()
    seen(page, "paper-code-signed", language)
    show(page, forged)
    expect(verdict).to_have_text(words["forged"])
    show(page, "https://aoba.example/v/abc")
    expect(page.locator("[data-paper-said]")).not_to_be_empty()

    page.context.set_offline(False)
    show(page, genuine)
    expect(verdict).to_have_text(words["signed"])
    answer.locator("form button").click()
    page.wait_for_url("**/verify")
    expect(page.locator(".verdict-word")).to_have_text(words["valid"])


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_the_browser_finds_of_every_code_what_the_verifier_finds(
    server: Server, open_browser: Callable[..., Page]
) -> None:
    page = open_browser("en")
    page.goto("/verify/paper")
    every = cases.cases()
    tables, now, texts = _paper_tables.tables(), NOW.isoformat(), [case.text for case in every]
    found = page.evaluate(CHECKED, [tables, directory(), now, texts])
    differing = {
        case.name: outcome
        for case, outcome in zip(every, found, strict=True)
        if outcome != case.outcome.value
    }
    assert differing == {}
    stale = {**directory(), "asOf": "2025-12-01T00:00:00Z"}
    assert page.evaluate(CHECKED, [tables, stale, now, texts[:1]]) == ["unknown"]
    slow_clock = "2024-01-01T00:00:00Z"
    assert page.evaluate(CHECKED, [tables, directory(), slow_clock, texts[:1]]) == ["valid"], (
        "keys from later tell a device that its clock is behind: what was issued since is no forgery"
    )


WORKER = """async ([source, network]) => {
  const kept = { version: "1", page: "/verify/paper", languages: ["ja", "en"], keys: "/keys", patience: 50 };
  const answers = {
    hangs: () => new Promise(() => {}),
    away: async () => new Response("Bad gateway", { status: 502 }),
    none: async () => { throw new TypeError("no network"); },
    portal: async () => new Response("<p>Sign in to this network</p>"),
    good: async () => new Response('{"asOf": "now", "issuers": {}}'),
  };
  const keys = '{"asOf": "then", "issuers": {}}';
  const store = new Map([["/verify/paper?lang=en", "kept page"], ["/keys", keys]]);
  const cache = {
    match: async (address) => (store.has(address) ? new Response(store.get(address)) : undefined),
    put: async (address, answer) => { store.set(address, await answer.text()); },
  };
  const handlers = {};
  const addEventListener = (name, handler) => { handlers[name] = handler; };
  const self = { addEventListener, location: { origin: "http://here" } };
  const caches = { open: async () => cache };
  new Function("KEPT", "self", "caches", "fetch", source)(kept, self, caches, answers[network]);
  const asked = async (path) => {
    let given;
    const request = { method: "GET", url: `http://here${path}` };
    handlers.fetch({ request, respondWith: (answer) => { given = answer; } });
    return (await given).text();
  };
  const page = await asked("/verify/paper?lang=en");
  return [page, JSON.parse(await asked("/keys")).asOf, JSON.parse(store.get("/keys")).asOf];
}"""


def test_the_kept_page_comes_also_where_the_network_only_seems_to_be_there(browser: Browser) -> None:
    """A network that hangs or a server that is away is none; a stranger's answer is not kept as keys."""
    folder = resources.files("gakusho.web") / "static/js/paper"
    source = (folder / "worker.js").read_text("utf-8")
    page = browser.new_page()
    try:
        found = {kind: page.evaluate(WORKER, [source, kind]) for kind in ("hangs", "away", "none")}
        assert found == {kind: ["kept page", "then", "then"] for kind in found}
        assert page.evaluate(WORKER, [source, "portal"])[1:] == ["then", "then"]
        assert page.evaluate(WORKER, [source, "good"])[1:] == ["now", "now"]
    finally:
        page.close()
