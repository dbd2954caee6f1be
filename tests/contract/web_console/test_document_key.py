# SPDX-License-Identifier: Apache-2.0
"""An administrator sees where the document key lives, has it certified, and puts another in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.contract.issuer_desk.test_own_key import PASSWORD
from tests.contract.issuer_desk.test_own_key import file as key_file
from tests.fakes import signing_service as services
from tests.fakes import token as tokens
from tests.fakes.authority import Authority
from tests.fakes.site import Site

from gakusho.issuer import certification, institutions
from gakusho.issuer.access import Role

PAGE = "/console/sakura/settings/document-key"
FIRST = "/console/sakura"
SUBJECT = {"organization": "国立大学法人さくら大学", "organization_id": "NTRJP-1234567890123"}


@pytest.fixture
def kind() -> str:
    """Where a key lives is the same on both databases; what is kept of it is tested on both beside this."""
    return "sqlite"


def now(site: Site) -> certification.InUse:
    with site.state.work(read_only=True) as work:
        return certification.in_use(work, site.sakura.institution.id)


def test_the_page_tells_where_the_key_lives_and_until_when(site: Site) -> None:
    shown = site.member(Role.PREPARE).get(f"{PAGE}?lang=ja").text
    assert "このサーバー（暗号化して保管）" in shown
    assert "この機関自身の認証局" in shown
    assert '<form method="post" action="/console/sakura/settings/document-key' not in shown, "to look at only"
    shown = site.member(Role.ADMINISTER).get(f"{PAGE}?lang=en").text
    assert "On this server, encrypted" in shown
    assert 'value="さくら大学"' in shown, "whom a request would name"
    assert "GAKUSHO_PKCS11_MODULES" in shown, "no token, and what to do about it"


def test_a_request_goes_out_and_the_answer_comes_in(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    made = administrator.post(f"{PAGE}/request", data=SUBJECT)
    assert made.headers["content-type"] == "application/pkcs10"
    assert "sakura-documents.csr" in made.headers["content-disposition"]
    assert SUBJECT["organization"] in administrator.get(PAGE).text, "remembered"
    chain = Authority(now=site.clock()).answer(made.content)
    data = b"".join(one.public_bytes(Encoding.PEM) for one in chain)
    answer = administrator.post(f"{PAGE}/certificate?lang=ja", files={"certificates": ("a.pem", data[:300])})
    assert answer.status_code == 400
    assert "証明書のファイルとして読み取れません" in answer.text
    sent = administrator.post(f"{PAGE}/certificate", files={"certificates": ("a.pem", data)})
    assert sent.status_code == 303
    assert now(site).by_others
    assert "朝凪電子印認証局" in administrator.get(PAGE).text
    wrong = administrator.post(f"{PAGE}/request?lang=en", data={"organization": "x" * 70})
    assert wrong.status_code == 400
    assert "x" * 70 in wrong.text, "what was typed is still there"
    assert administrator.get(f"{PAGE}/request").status_code == 303


def test_a_key_file_is_sent_with_its_password(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    own = {"key_file": ("seal.p12", key_file(), "application/x-pkcs12")}
    answer = administrator.post(f"{PAGE}/file?lang=ja", files=own, data={"password": "wrong"})
    assert answer.status_code == 400
    assert "鍵のファイル" in answer.text
    assert "<details open>" in answer.text
    assert administrator.post(f"{PAGE}/file", files=own, data={"password": PASSWORD}).status_code == 303
    assert now(site).names[0] == "CN=東都学芸大学"
    assert administrator.post(f"{PAGE}/file", files=own, data={"password": PASSWORD}).status_code == 409
    assert administrator.post(f"{PAGE}/file", data={"password": PASSWORD}).status_code == 400, "no file"


def test_a_key_at_a_service_is_taken_where_this_machine_may_be_asked(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    with services.serve() as service:
        given = {
            "base": service.base,
            "client": services.CLIENT,
            "client_secret": services.CLIENT_SECRET,
            "credential": "P-256",
            "pin": services.PIN,
        }
        answer = administrator.post(f"{PAGE}/service?lang=en", data=given)
        assert answer.status_code == 400, "not on a server that is no demo"
        assert f'value="{service.base}"' in answer.text
        assert services.CLIENT_SECRET not in answer.text
        assert services.PIN not in answer.text
        site.app.state.gakusho = replace(site.state, settings=replace(site.state.settings, demo=True))
        without = administrator.post(f"{PAGE}/service?lang=en", data={**given, "credential": ""})
        assert without.status_code == 404
        assert "P-384" in without.text, "which there are"
        wrong = administrator.post(
            f"{PAGE}/service?lang=en", data={**given, "client_secret": "a secret typed"}
        )
        assert wrong.status_code == 409, "the service refused; nothing here is broken"
        assert "a secret typed" not in wrong.text
        assert administrator.post(f"{PAGE}/service", data=given).status_code == 303
    assert (now(site).store, now(site).by_others) == ("csc", True)
    assert "At a signing service" in administrator.get(f"{PAGE}?lang=en").text


def test_a_key_is_made_in_a_token_the_operator_allows(site: Site) -> None:
    administrator = site.member(Role.ADMINISTER)
    token = tokens.set_up("Console")
    given = {"token": f"0:{token.serial}", "pin": tokens.PIN, "make": "P-256"}
    assert administrator.post(f"{PAGE}/token", data=given).status_code == 404, "no module is allowed"
    settings = replace(site.state.settings, pkcs11_modules=(token.module,))
    site.app.state.gakusho = replace(site.state, settings=settings)
    assert token.serial in administrator.get(PAGE).text
    wrong = administrator.post(f"{PAGE}/token?lang=ja", data={**given, "pin": "wrong-1"})
    assert wrong.status_code == 409, "a wrong PIN is no fault of this server"
    assert "PINが受け付けられません" in wrong.text
    assert "wrong-1" not in wrong.text
    none = administrator.post(f"{PAGE}/token?lang=ja", data={**given, "make": ""})
    assert (none.status_code, "鍵を一つに決められません" in none.text) == (409, True)
    assert administrator.post(f"{PAGE}/token", data=given).status_code == 303
    assert now(site).store == "pkcs11"
    broken = replace(site.state.settings, pkcs11_modules=("/nowhere/module.so",))
    site.app.state.gakusho = replace(site.state, settings=broken)
    assert "cannot be asked" in administrator.get(f"{PAGE}?lang=en").text


def test_the_end_is_told_on_the_first_page(site: Site) -> None:
    registrar = site.member(Role.PREPARE)
    assert "document-key" not in registrar.get(FIRST).text
    with site.state.work(read_only=True) as work:
        [key] = [k for k in institutions.keys(work, site.sakura.institution.id) if k.purpose == "document"]
    ends = now(site).end.ends
    assert key.state == "active"
    site.clock.now = ends - timedelta(days=29)
    shown = site.member(Role.PREPARE).get(f"{FIRST}?lang=en").text
    assert "ends in 29 days" in shown
    assert PAGE in shown
    site.clock.now = ends + timedelta(hours=1)
    assert "期限が切れています" in site.member(Role.PREPARE).get(f"{FIRST}?lang=ja").text
    assert "has ended" in site.member(Role.ADMINISTER).get(f"{PAGE}?lang=en").text


def test_who_does_not_administer_changes_nothing(site: Site) -> None:
    before = now(site).key
    for part in ("request", "certificate", "file", "token", "service"):
        assert site.member(Role.PREPARE).post(f"{PAGE}/{part}", data=SUBJECT).status_code == 403
    assert now(site).key == before
