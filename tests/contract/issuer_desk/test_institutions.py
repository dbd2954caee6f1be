# SPDX-License-Identifier: Apache-2.0
"""The institution, its people, its keys, its tokens."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from cryptography import x509
from sqlalchemy import select
from tests.fakes.copies import Beginning
from tests.fakes.desk import Desk, a_desk, approved, issue_all, learners, open_desk

from gakusho.errors import ConflictError, ForbiddenError, InputError, LockedKeyError, NotFoundError
from gakusho.fetch import MemoryFetcher
from gakusho.issuer import _status_lists, awards, institutions, offering, publication, tokens
from gakusho.issuer.access import Role
from gakusho.issuer.choices import Choices
from gakusho.model.report import Headline
from gakusho.model.text import Text
from gakusho.proof import multibase
from gakusho.store.tables import ApiToken, Key, StatusList
from gakusho.store.work import Workplace
from gakusho.verifier.verify import verify

NAME = Text.of(ja="青葉大学", en="Aoba University")


@pytest.fixture
def beginning() -> Beginning:
    return a_desk


@pytest.fixture
def desk(found: Desk) -> Desk:
    return found


def test_keys_lie_encrypted_and_open_only_with_the_secret(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        sealing = institutions.sealing(work, desk.institution.id, verification_link=lambda _: None)
        data = b"x"
        public = sealing.credential_key.signer.public_key
        assert public.verify(sealing.credential_key.signer.sign(data), data)
        for key in work.session.scalars(select(Key)):
            assert key.kept.startswith(b"GKEY")
    other = Workplace(
        database=workplace.database,
        files=workplace.files,
        secret=b"\x80" * 32,
        public_url="https://x.example",
    )
    with other.work() as work, pytest.raises(LockedKeyError):
        institutions.sealing(work, desk.institution.id, verification_link=lambda _: None)


def test_the_did_document_publishes_every_key_and_ends_the_retired(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        first = json.loads(publication.did_document(work, desk.institution.id))
        institutions.rotate_key(work, desk.administrator, "credential")
        institutions.rotate_key(work, desk.administrator, "document")
        institutions.rotate_key(work, desk.administrator, "disclosure")
        second = json.loads(publication.did_document(work, desk.institution.id))
    assert [each["id"].partition("#")[2] for each in first["verificationMethod"]] == [
        "credential-1",
        "document-1",
        "disclosure-1",
    ]
    assert not any("expires" in each for each in first["verificationMethod"])
    ended = {each["id"].partition("#")[2]: "expires" in each for each in second["verificationMethod"]}
    assert ended == {
        f"{purpose}-{number}": number == 1
        for purpose in ("credential", "document", "disclosure")
        for number in (1, 2)
    }
    assert first["alsoKnownAs"] != second["alsoKnownAs"]
    assert len(second["alsoKnownAs"]) == 1
    assert all(each["controller"] == desk.institution.did for each in second["verificationMethod"])


def test_who_offers_signed_tokens_publishes_an_rsa_key_for_them(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        offering.offer(work, desk.administrator, ["open-badges-3"])
        before = json.loads(publication.did_document(work, desk.institution.id))
        offering.offer(work, desk.administrator, ["open-badges-3", "vc-jwt"])
        offering.offer(work, desk.administrator, ["open-badges-2-signed"])
        after = json.loads(publication.did_document(work, desk.institution.id))
    assert not any(each["type"] == "JsonWebKey" for each in before["verificationMethod"])
    [method] = [each for each in after["verificationMethod"] if each["type"] == "JsonWebKey"]
    assert method["id"] == f"{desk.institution.did}#compatibility-1"
    assert method["id"] in after["assertionMethod"]
    assert method["id"] not in after["authentication"]
    assert method["publicKeyJwk"].keys() == {"kty", "n", "e", "alg"}
    assert len(method["publicKeyJwk"]["n"]) == 512  # 3072 bits in base64url
    assert after["@context"][-1] == "https://w3id.org/security/jwk/v1"


def test_a_badge_as_an_rs256_token_verifies_as_long_as_its_key_is_in_force(
    workplace: Workplace, desk: Desk
) -> None:
    names = ("vc-jwt", "open-badges-2-signed")
    with workplace.work() as work:
        offering.offer(work, desk.administrator, names)
        choices = Choices(formats=names, awarded_on=date(2026, 3, 25))
        batch = approved(work, desk, learners(1), choices=choices)
    issue_all(workplace, batch.id)
    with workplace.work() as work:
        [view] = awards.find(work, desk.institution.id)
        sealed = [awards.sealed(work, view.id, name).data for name in names]
        old = MemoryFetcher(publication.documents_of(work, [view.id]), now=lambda: work.now)
        institutions.rotate_key(work, desk.administrator, "compatibility")
        new = MemoryFetcher(publication.documents_of(work, [view.id]), now=lambda: work.now)
        for data in sealed:
            assert json.loads(multibase.from_base64url(data.split(b".")[0].decode()))["alg"] == "RS256"
            assert verify(data, now=work.now, fetcher=old).headline is Headline.VALID
            later = verify(data, now=work.now - timedelta(seconds=1), fetcher=new)
            assert later.headline is Headline.VALID, later.checks
            head, body, tail = data.split(b".")
            forged = b".".join([head, body, tail[:-8] + b"AAAAAAAA"])
            assert verify(forged, now=work.now, fetcher=old).headline is Headline.NOT_GENUINE


def test_an_institution_named_by_its_key_has_no_rsa_key(workplace: Workplace) -> None:
    with workplace.work() as work:
        desk = open_desk(work, slug="momiji", did="did:key")
        offering.offer(work, desk.administrator, ["vc-jwt"])
        assert "compatibility" not in {key.purpose for key in institutions.keys(work, desk.institution.id)}


def test_the_document_certificate_names_the_published_key(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        for number in (1, 2):
            sealing = institutions.sealing(work, desk.institution.id, verification_link=lambda _: None)
            assert sealing.document_key is not None
            leaf, authority = (
                x509.load_der_x509_certificate(each) for each in sealing.document_key.certificates
            )
            names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            assert names.get_values_for_type(x509.UniformResourceIdentifier) == [
                f"{desk.institution.did}#document-{number}"
            ]
            leaf.verify_directly_issued_by(authority)
            institutions.rotate_key(work, desk.administrator, "document")


def test_an_institution_without_a_domain_is_named_by_its_key(workplace: Workplace) -> None:
    with workplace.work() as work:
        view = institutions.found(work, slug="aoba", name=NAME, did="did:key")
        assert view.did.startswith("did:key:z6Mk")
        member = institutions.grant(work, None, view.id, "a@aoba.example", Role.ADMINISTER)
        actor = institutions.actor_for(work, view.id, member.person_id)
        sealing = institutions.sealing(work, view.id, verification_link=lambda _: None)
        assert sealing.credential_key.verification_method.startswith(f"{view.did}#z6Mk")
        with pytest.raises(ConflictError):
            institutions.rotate_key(work, actor, "credential")


@pytest.mark.parametrize(
    "fields",
    [
        {"slug": "Aoba"},
        {"slug": "-aoba"},
        {"slug": "a" * 61},
        {"name": Text()},
        {"country": "Japan"},
        {"email": "nobody"},
        {"url": "javascript:alert(1)"},
        {"url": "https://aoba.example/ two"},
        {"url": "aoba.example"},
        {"did": "did:web:localhost"},
        {"did": "did:web:127.0.0.1"},
        {"did": "did:ethr:0x1"},
    ],
)
def test_what_cannot_be_an_institution_is_refused(workplace: Workplace, fields: dict[str, object]) -> None:
    given: dict[str, object] = {"slug": "aoba", "name": NAME, "did": "did:web:aoba.example", **fields}
    with workplace.work() as work, pytest.raises(InputError):
        institutions.found(work, **given)  # type: ignore[arg-type]  # wrong on purpose


def test_the_same_institution_twice_is_refused(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        with pytest.raises(ConflictError):
            institutions.found(work, slug="sakura", name=NAME, did="did:web:another.example")
        with pytest.raises(ConflictError):
            institutions.found(work, slug="another", name=NAME, did=desk.institution.did)


def test_the_profile_changes_and_settings_are_merged(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        institutions.change(work, desk.administrator, settings={"claim_days": 30, "two_people": True})
        view = institutions.change(
            work, desk.administrator, url="https://sakura.example", settings={"claim_days": None}
        )
        assert view.url == "https://sakura.example"
        assert {**view.settings, "formats": None} == {"two_people": True, "formats": None}
        with pytest.raises(ForbiddenError):
            institutions.change(work, desk.preparer, url="https://x.example")
        with pytest.raises(InputError):
            institutions.change(work, desk.administrator, url="javascript:alert(1)")
        with pytest.raises(InputError):
            institutions.change(work, desk.administrator, did="did:web:x.example")


def test_roles_are_given_and_taken_but_one_administrator_stays(workplace: Workplace, desk: Desk) -> None:
    who, where = desk.preparer.person_id, desk.institution.id
    with workplace.work() as work:
        for _ in range(2):
            member = institutions.grant(
                work, desk.administrator, where, " Prepare@SAKURA.example ", Role.APPROVE
            )
        assert member.person_id == who
        assert member.roles == {Role.PREPARE, Role.APPROVE}
        institutions.withdraw(work, desk.administrator, who, Role.PREPARE)
        assert institutions.actor_for(work, where, who).roles == {Role.APPROVE}
        institutions.withdraw(work, desk.administrator, who, Role.APPROVE)
        with pytest.raises(ForbiddenError):
            institutions.actor_for(work, where, who)
        with pytest.raises(NotFoundError):
            institutions.withdraw(work, desk.administrator, who, Role.APPROVE)
        with pytest.raises(ConflictError):
            institutions.withdraw(work, desk.administrator, desk.administrator.person_id, Role.ADMINISTER)
        with pytest.raises(ForbiddenError):
            institutions.grant(work, desk.approver, where, "x@sakura.example", Role.ADMINISTER)
        other = open_desk(work, slug="other")
        with pytest.raises(ForbiddenError):
            institutions.grant(work, other.administrator, where, "x@other.example", Role.ADMINISTER)
        assert [view.slug for view in institutions.institutions(work)] == ["other", "sakura"]


def test_a_token_acts_with_its_scopes_until_it_ends(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        token, view = tokens.create_token(work, desk.administrator, "SIS", ["awards:read"])
        assert token.startswith("gak_")
        assert token.startswith(view.prefix)
        kept = work.session.scalars(select(ApiToken)).one()
        assert token not in str(vars(kept))
    with workplace.work() as work:
        actor = tokens.actor_by_token(work, token, "awards:read")
        assert (actor.person_id, actor.via) == (desk.administrator.person_id, "api")
        with pytest.raises(ForbiddenError):
            tokens.actor_by_token(work, token, "awards:write")
        with pytest.raises(ForbiddenError):
            tokens.actor_by_token(work, token + "x", "awards:read")
        assert tokens.tokens(work, desk.institution.id)[0].used_at is not None
        other = open_desk(work, slug="other")
        with pytest.raises(NotFoundError):
            tokens.revoke_token(work, other.administrator, view.id)
        tokens.revoke_token(work, desk.administrator, view.id)
        with pytest.raises(ForbiddenError):
            tokens.actor_by_token(work, token, "awards:read")


def test_a_token_ends_by_its_date_and_with_its_makers_roles(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        until = work.now + timedelta(hours=1)
        token, _ = tokens.create_token(work, desk.administrator, "SIS", ["awards:read"], until)
        with pytest.raises(InputError):
            tokens.create_token(work, desk.administrator, "SIS", ["awards:read"], work.now)
        with pytest.raises(InputError):
            tokens.create_token(work, desk.administrator, "SIS", ["everything"])
        with pytest.raises(ForbiddenError):
            tokens.create_token(work, desk.preparer, "SIS", ["awards:read"])
    later = workplace.at(lambda: until)
    with later.work() as work, pytest.raises(ForbiddenError):
        tokens.actor_by_token(work, token, "awards:read")
    with workplace.work() as work:
        institutions.grant(work, None, desk.institution.id, "new@sakura.example", Role.ADMINISTER)
        institutions.withdraw(work, desk.administrator, desk.administrator.person_id, Role.ADMINISTER)
        with pytest.raises(ForbiddenError):
            tokens.actor_by_token(work, token, "awards:read")


def test_a_full_status_list_is_followed_by_the_next(workplace: Workplace, desk: Desk) -> None:
    with workplace.work() as work:
        work.session.scalars(select(StatusList)).one().length = 10
    taken: list[tuple[str, int]] = []
    for count in (4, 4, 4, 13, 0):
        with workplace.work() as work:
            places = _status_lists.allocate(work, desk.institution.id, count)
            taken += [(place.list_id, place.index) for place in places]
    assert len(taken) == len(set(taken)) == 25
    with workplace.work() as work:
        lists = work.session.scalars(select(StatusList).order_by(StatusList.number)).all()
        assert [(each.number, each.next_sequence) for each in lists] == [(1, 10), (2, 10), (3, 5)]
