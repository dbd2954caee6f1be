# SPDX-License-Identifier: Apache-2.0
"""Documents are signed with keys that stay in a token or at a service; a batch waits for its key."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from tests.fakes import signing_service as services
from tests.fakes import token as tokens
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, a_desk, approved, learners

from gakusho.errors import (
    ConflictError,
    ForbiddenError,
    GakushoError,
    InputError,
    KeyMaterialError,
    LockedKeyError,
    UnreachableError,
)
from gakusho.fetch import MemoryFetcher
from gakusho.issuer import _token_sessions, hardware, institutions, issuing, outside_keys, publication
from gakusho.issuer import signing_service as service_of
from gakusho.issuer.choices import Choices
from gakusho.model.report import Outcome
from gakusho.proof.outside import OutsideSigner
from gakusho.store.tables import AwardRow, Batch, SealedRow
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify

PAGES = Choices(formats=("open-badges-3", "signed-pdf"), awarded_on=date(2026, 3, 25), notify=False)


@pytest.fixture
def kind() -> str:
    """Where a key lives is the same on both databases; what is kept of it is tested on both beside this."""
    return "sqlite"


@pytest.fixture
def beginning() -> Beginning:
    return a_desk


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


@pytest.fixture(scope="module")
def token() -> tokens.Token:
    return tokens.set_up("Seal of the desk")


@pytest.fixture
def service() -> Iterator[services.SigningService]:
    with services.serve(at_once=3) as running:
        yield running


def in_token(token: tokens.Token, **how: str) -> outside_keys.OutsideKey:
    given = {"module": token.module, "serial": token.serial, "pin": tokens.PIN, **how}
    return outside_keys.in_token(
        given.pop("module"), given.pop("serial"), given.pop("pin"), allowed=[tokens.module()], **given
    )


def at_service(service: services.SigningService, credential: str = "P-256") -> outside_keys.OutsideKey:
    return outside_keys.at_service(service_of.found(service.access()), credential, services.PIN)


def taken(workplace: Workplace, desk: Desk, found: outside_keys.OutsideKey) -> institutions.KeyView:
    with workplace.work() as work:
        return outside_keys.take(work, desk.administrator, found)


def batch_of(workplace: Workplace, desk: Desk, count: int) -> str:
    with workplace.work() as work:
        return approved(work, desk, learners(count), choices=PAGES).id


def check_all(workplace: Workplace, count: int) -> None:
    """Have each document verified as a stranger would, with what the institution publishes."""
    with workplace.work(read_only=True) as work:
        rows = work.session.scalars(select(SealedRow).where(SealedRow.format == "signed-pdf")).all()
        documents = publication.documents_of(work, list(work.session.scalars(select(AwardRow.id))))
        found = [row.data or work.files.get(row.file or "") for row in rows]
    assert len(found) == count
    fetcher = MemoryFetcher(documents, now=lambda: datetime.now(UTC))
    for data in found:
        report = verify(data, now=datetime.now(UTC), fetcher=fetcher)
        checks = {check.code: check.outcome for check in report.checks}
        assert checks["pdf.signer-key"] is Outcome.VALID
        assert set(checks.values()) == {Outcome.VALID}


def test_a_key_made_in_a_token_signs_documents_and_is_published(
    workplace: Workplace, desk: Desk, token: tokens.Token
) -> None:
    view = taken(workplace, desk, in_token(token, make="P-256"))
    assert (view.purpose, view.algorithm, view.state) == ("document", "P-256", "active")
    assert view.verification_method.endswith("#document-2"), "certified by the institution's own authority"
    batch = batch_of(workplace, desk, 1)
    assert issuing.issue_some(workplace, batch) == 1
    check_all(workplace, 1)


def test_a_key_at_a_service_signs_a_batch_with_few_authorizations(
    workplace: Workplace, desk: Desk, service: services.SigningService
) -> None:
    view = taken(workplace, desk, at_service(service))
    assert view.algorithm == "P-256"
    batch = batch_of(workplace, desk, 4)
    service.asked.clear()
    assert issuing.issue_some(workplace, batch) == 4
    assert service.methods().count("credentials/authorize") == 2, "three at once, then one"
    assert service.methods().count("signatures/signHash") == 2
    assert service.methods().count("oauth2/token") <= 1
    check_all(workplace, 4)


def test_a_batch_waits_for_its_service_and_then_goes_on(
    workplace: Workplace, desk: Desk, service: services.SigningService
) -> None:
    taken(workplace, desk, at_service(service))
    batch = batch_of(workplace, desk, 1)
    service.status = 503
    assert fail(workplace, batch).code == "signing-service"
    service.status = 0
    waits_and_goes_on(workplace, batch)


def test_a_batch_waits_for_a_token_that_was_taken_out(
    workplace: Workplace, desk: Desk, token: tokens.Token
) -> None:
    taken(workplace, desk, in_token(token, make="P-256"))
    batch = batch_of(workplace, desk, 1)
    drawer = tokens.away(token)
    try:
        assert fail(workplace, batch).code == "token-away"
    finally:
        tokens.back(token, drawer)
    waits_and_goes_on(workplace, batch)


def fail(workplace: Workplace, batch: str) -> GakushoError:
    """Have issuing stop; nothing was made."""
    with pytest.raises(GakushoError) as caught:
        issuing.issue_some(workplace, batch)
    with workplace.work() as work:
        issuing.fail(work, batch, caught.value)
        assert work.session.scalars(select(SealedRow)).all() == []
    return caught.value


def waits_and_goes_on(workplace: Workplace, batch: str) -> None:
    later = workplace.at(lambda: datetime.now(UTC) + timedelta(minutes=2))
    with later.work() as work:
        assert issuing.unfinished(work) == [batch], "by itself, a minute later"
        assert issuing.ticket(work, batch, asked=False)
    assert issuing.issue_some(workplace, batch) == 1
    check_all(workplace, 1)


def test_a_service_that_signs_something_else_makes_no_document(
    workplace: Workplace, desk: Desk, service: services.SigningService
) -> None:
    taken(workplace, desk, at_service(service))
    batch = batch_of(workplace, desk, 1)
    service.lies = True
    assert fail(workplace, batch).code == "signature-wrong"
    with workplace.at(lambda: datetime.now(UTC) + timedelta(days=1)).work() as work:
        assert issuing.unfinished(work) == [], "it is not asked again and again"
        failure = work.session.get_one(Batch, batch).failure
    assert failure is not None
    assert failure["code"] == "signature-wrong"


def test_a_service_that_lies_is_found_out_when_its_key_is_taken(service: services.SigningService) -> None:
    service.lies = True
    with pytest.raises(KeyMaterialError) as caught:
        at_service(service)
    assert caught.value.code == "signature-wrong"


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("binds", [True, False])
@pytest.mark.parametrize("algorithm", ["P-384", "RSA-3072"])
def test_both_versions_of_the_api_are_spoken_and_hashes_bound_where_asked(
    version: int, binds: bool, algorithm: str
) -> None:
    with services.serve(version=version, binds_hashes=binds, at_once=3) as service:
        found = at_service(service, algorithm)
        assert found.place["version"] == str(version)
        custodian = service_of.custodian(found.place)
        service.asked.clear()
        signer = OutsideSigner(found.public_key, custodian)
        assert len(signer.sign_many([b"%d" % number for number in range(7)])) == 7
        authorized = [said for method, said in service.asked if method == "credentials/authorize"]
        assert [said["numSignatures"] for said in authorized] == [3, 3, 1]
        assert all(("hash" in said or "hashes" in said) is binds for said in authorized)


def test_a_token_of_access_that_ran_out_is_asked_for_anew(service: services.SigningService) -> None:
    found = at_service(service)
    signer = OutsideSigner(found.public_key, service_of.custodian(found.place))
    signer.sign(b"before")
    service.tokens.clear()
    signer.sign(b"after")
    assert service.methods()[-2:] == ["credentials/authorize", "signatures/signHash"]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"mode": "oauth2code"}, "signing-service-refused"),
        ({"otp": True}, "signing-service-refused"),
        ({"pin": "000000"}, "signing-service-refused"),
        ({"status": 500}, "signing-service"),
        ({"status": 429}, "signing-service"),
        ({"status": 404}, "signing-service-refused"),
    ],
)
def test_a_service_that_cannot_sign_for_a_batch_is_refused_with_its_reason(
    how: dict[str, object], code: str
) -> None:
    with services.serve(**how) as service, pytest.raises(GakushoError) as caught:
        at_service(service)
    assert caught.value.code == code
    for secret in (services.CLIENT_SECRET, services.PIN):
        assert secret not in f"{caught.value} {caught.value.facts}"


def test_a_wrong_client_secret_is_refused_and_not_shown(service: services.SigningService) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        service_of.found(service.access(client_secret="a-wrong-secret"))
    assert "invalid_client" in str(caught.value)
    assert "a-wrong-secret" not in str(caught.value)
    assert "a-wrong-secret" not in repr(service.access(client_secret="a-wrong-secret"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://service.example/csc/v1",
        "ftp://a/",
        "https://",
        "https://u:p@service.example/",
        "https://a/?q",
    ],
)
def test_only_https_addresses_are_services(address: str) -> None:
    with pytest.raises(InputError) as caught:
        service_of.found(service_of.Access(base=address))
    assert caught.value.code == "signing-service-address"


def test_this_machine_is_not_asked_unless_it_may_be(service: services.SigningService) -> None:
    with pytest.raises(InputError):
        service_of.found(service.access(loopback=False))
    with pytest.raises(UnreachableError):
        service_of.found(service_of.Access(base=f"https://127.0.0.1:{service.port}/csc/v1"))


def test_a_wrong_pin_is_tried_once_and_never_locks_the_token() -> None:
    token = tokens.set_up("Locked away")
    key = in_token(token, make="P-256")
    tokens.close_and_forget(token)
    wrong = {**key.place, "pin": "wrong-pin"}
    signer = OutsideSigner(key.public_key, hardware.custodian(wrong))
    for code in ("token-pin", "token-pin-kept", "token-pin-kept"):
        with pytest.raises(LockedKeyError) as caught:
            signer.sign(b"data")
        assert caught.value.code == code, "one try, then none"
        assert "wrong-pin" not in f"{caught.value} {caught.value.facts}"
    with pytest.raises(LockedKeyError) as caught:
        OutsideSigner(key.public_key, hardware.custodian(key.place)).sign(b"data")
    assert caught.value.code == "token-pin-kept", "the token itself says that one was wrong"
    assert hardware.keys_of(token.module, token.serial, tokens.PIN), "a person types the right one"
    OutsideSigner(key.public_key, hardware.custodian(key.place)).sign(b"data")


def test_who_knows_no_pin_does_not_use_the_login_of_another(token: tokens.Token) -> None:
    in_token(token, make="P-256")
    with pytest.raises(LockedKeyError) as caught:
        in_token(token, pin="000000", make="P-256")
    assert caught.value.code == "token-pin-other"


def test_many_threads_sign_one_after_the_other(token: tokens.Token) -> None:
    key = in_token(token, make="P-256")
    signer = OutsideSigner(key.public_key, hardware.custodian(key.place))
    data = [b"%d" % number for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        signatures = list(threads.map(signer.sign, data))
    assert all(key.public_key.verify(*pair) for pair in zip(signatures, data, strict=True))


def test_lost_sessions_are_opened_anew(token: tokens.Token) -> None:
    key = in_token(token, make="P-256")
    signer = OutsideSigner(key.public_key, hardware.custodian(key.place))
    signer.sign(b"before")
    tokens.sessions_lost(token)
    assert key.public_key.verify(signer.sign(b"after"), b"after")


def test_an_error_of_the_token_does_not_spoil_what_comes_after(token: tokens.Token) -> None:
    import pkcs11

    key = in_token(token, make="P-256")
    signer = OutsideSigner(key.public_key, hardware.custodian(key.place))
    place = (token.module, token.serial, token.label, tokens.PIN)
    for error, kind in (
        (pkcs11.DeviceError, UnreachableError),
        (pkcs11.MechanismInvalid, KeyMaterialError),
        (pkcs11.SessionHandleInvalid, UnreachableError),
    ):
        opened = _token_sessions.opened(*place, typed=False)
        with pytest.raises(kind), opened.session():
            raise error
        assert key.public_key.verify(signer.sign(b"after"), b"after")
    _token_sessions.close_all()
    lost_sight_of = pkcs11.lib(token.module).get_token(token_label=token.label).open(user_pin=tokens.PIN)
    assert key.public_key.verify(signer.sign(b"again"), b"again")
    assert lost_sight_of


@pytest.mark.parametrize(
    ("how", "kind", "code"),
    [
        ({"module": "/usr/lib/other.so", "make": "P-256"}, ForbiddenError, "token-module"),
        ({"serial": "0000", "make": "P-256"}, UnreachableError, "token-away"),
        ({"key_id": "00ff"}, KeyMaterialError, "token-key"),
        ({"key_id": "no id"}, KeyMaterialError, "token-key"),
        ({"make": "Ed25519"}, InputError, "key-algorithm"),
    ],
)
def test_what_is_not_in_a_token_is_not_taken(
    token: tokens.Token, how: dict[str, str], kind: type[GakushoError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        in_token(token, **how)
    assert caught.value.code == code


def test_a_module_that_is_none_is_told(token: tokens.Token) -> None:
    with pytest.raises(UnreachableError) as caught:
        hardware.tokens("/nowhere/module.so")
    assert caught.value.code == "token-away"


def test_only_an_administrator_takes_a_key_and_only_once(
    workplace: Workplace, desk: Desk, service: services.SigningService
) -> None:
    found = at_service(service)
    with workplace.work() as work, pytest.raises(ForbiddenError):
        outside_keys.take(work, desk.preparer, found)
    taken(workplace, desk, found)
    with workplace.work() as work, pytest.raises(ConflictError) as caught:
        outside_keys.take(work, desk.administrator, found)
    assert caught.value.code == "key-known"


def test_no_secret_shows_when_what_was_found_is_printed(service: services.SigningService) -> None:
    assert services.PIN not in repr(at_service(service))
