# SPDX-License-Identifier: Apache-2.0
"""An institution offers formats; registrars choose among these."""

from __future__ import annotations

import pytest
from tests.fakes.desk import learners
from tests.fakes.site import Site

from gakusho.errors import InputError
from gakusho.formats import formats
from gakusho.issuer import batches, institutions, offering
from gakusho.issuer.access import Role
from gakusho.issuer.choices import Choices

BASE = "/console/sakura"
PAGE = f"{BASE}/settings/formats"


def offer(site: Site, *names: str) -> None:
    answer = site.member(Role.ADMINISTER).post(PAGE, data={"formats": list(names)})
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_format_has_a_name_and_a_plain_sentence(site: Site, language: str) -> None:
    administrator = site.member(Role.ADMINISTER)
    shown = administrator.get(f"{PAGE}?lang={language}").text
    for name in formats():
        assert f'value="{name}"' in shown
        assert f'<span class="choice-label">{name}</span>' not in shown
    assert shown.count('class="hint"') >= len(formats())


def test_a_registrar_chooses_among_what_is_offered(site: Site) -> None:
    offer(site, "signed-pdf", "open-badges-3")
    preparer = site.member(Role.PREPARE)
    chosen = preparer.get(f"{BASE}/batches/new?achievement={site.sakura.achievement_id}").text
    assert [name for name in formats() if f'value="{name}"' in chosen] == ["open-badges-3", "signed-pdf"]


def test_what_is_not_offered_is_refused_with_what_is(site: Site) -> None:
    offer(site, "open-badges-3")
    with site.state.work() as work, pytest.raises(InputError) as caught:
        batches.create_from_rows(
            work,
            site.sakura.preparer,
            achievement_id=site.sakura.achievement_id,
            rows=learners(1),
            choices=Choices(formats=("open-badges-3", "vc-jwt")),
        )
    assert caught.value.code == "format-not-offered"
    assert caught.value.facts == {"got": "vc-jwt", "expected": "open-badges-3"}


def test_at_least_one_format_is_offered(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    for names in ([], ["papyrus"]):
        assert administrator.post(PAGE, data={"formats": names}).status_code == 400


def test_only_an_administrator_decides(site: Site) -> None:
    assert site.member(Role.PREPARE).post(PAGE, data={"formats": ["vc-jwt"]}).status_code == 403
    with site.state.work(read_only=True) as work:
        view = institutions.institution(work, site.sakura.institution.id)
    assert set(offering.offered(view)) == set(formats())
