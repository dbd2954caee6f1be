# SPDX-License-Identifier: Apache-2.0
"""An administrator chooses on a page how documents are signed."""

from __future__ import annotations

import pytest
from tests.fakes.site import Site

from gakusho.errors import UnreachableError
from gakusho.formats import Level
from gakusho.issuer import levels
from gakusho.issuer.access import Role

PAGE = "/console/sakura/settings/signing"
ADDRESS = "https://tsa.example/stamp"


@pytest.fixture
def kind() -> str:
    """The page knows no database; what it keeps is tested on both in test_levels.py."""
    return "sqlite"


def now(site: Site) -> levels.Signing:
    with site.state.work(read_only=True) as work:
        return levels.signing(work, site.sakura.institution.id)


def test_the_page_tells_how_and_with_which_certificate(site: Site) -> None:
    preparer = site.member(Role.PREPARE)
    for language, says in (("ja", "時刻認証局のアドレス"), ("en", "time-stamping authority")):
        shown = preparer.get(f"{PAGE}?lang={language}").text
        assert says in shown
        assert "Document signing" in shown
        assert 'value="B-B" checked' in shown
        assert 'fieldset class="bare" disabled' in shown, "to look at only"


def test_the_stand_in_is_chosen_and_left_again(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    assert administrator.post(PAGE, data={"level": "B-T", "stand_in": "1"}).status_code == 303
    assert (now(site).level, now(site).authority) == (Level.B_T, levels.STAND_IN)
    assert 'name="stand_in" value="1" checked' in administrator.get(PAGE).text
    assert administrator.get("/console/sakura/settings/keys").status_code == 200
    assert administrator.post(PAGE, data={"level": "B-B", "authority": ""}).status_code == 303
    assert (now(site).level, now(site).authority) == (Level.B_B, "")


def test_an_authority_is_asked_before_it_is_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    administrator = site.member(Role.ADMINISTER)

    def given(_: object, __: str, *, level: str, authority: str) -> None:
        asked.append((level, authority))

    monkeypatch.setattr(levels, "try_out", given)
    assert administrator.post(PAGE, data={"level": "B-T", "authority": ADDRESS}).status_code == 303
    assert asked == [("B-T", ADDRESS)]
    assert now(site).authority == ADDRESS

    def away(*_: object, **__: object) -> None:
        raise UnreachableError("The authority is away.", code="timestamp")

    monkeypatch.setattr(levels, "try_out", away)
    other = "https://other.example/"
    answer = administrator.post(f"{PAGE}?lang=en", data={"level": "B-T", "authority": other})
    assert answer.status_code == 503
    assert "The authority is away." in answer.text
    assert f'value="{other}"' in answer.text, "what was typed is still there"
    assert now(site).authority == ADDRESS


def test_what_is_done_while_it_is_away_and_when_documents_are_extended_is_chosen(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    form = {"level": "B-LTA", "stand_in": "1", "grace": "raise", "margin_days": "30"}
    form |= {"ends-RSA-2048": "", "ends-RSA-3072": "2040-12-31"}
    assert administrator.post(PAGE, data=form).status_code == 303
    found = now(site)
    assert (found.level, found.grace, found.margin_days) == (Level.B_LTA, "raise", 30)
    assert {name: day.isoformat() for name, day in found.algorithm_ends.items()} == {
        "RSA-2048": "2030-12-31",
        "RSA-3072": "2040-12-31",
    }
    shown = administrator.get(f"{PAGE}?lang=en").text
    for part in (
        'value="B-LTA" checked',
        'value="raise" checked',
        'value="30"',
        'value="2040-12-31"',
        ".crl",
    ):
        assert part in shown
    refused = administrator.post(f"{PAGE}?lang=en", data={**form, "margin_days": "many"})
    assert refused.status_code == 400
    assert "details open" in refused.text, "what is wrong is not hidden"


def test_nonsense_is_told_and_nothing_changes(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    for given in ({"level": "B-XL"}, {"level": "B-T", "authority": "nonsense"}, {}):
        assert administrator.post(PAGE, data=given).status_code == 400, given
        assert now(site).level is Level.B_B


def test_who_does_not_administer_changes_nothing(site: Site) -> None:
    answer = site.member(Role.PREPARE).post(PAGE, data={"level": "B-T", "stand_in": "1"})
    assert answer.status_code == 403
    assert now(site).level is Level.B_B
