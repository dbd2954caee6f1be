# SPDX-License-Identifier: Apache-2.0
"""Open Badges 2.0: every trick with hosts and keys is refused, and the untouched badge beside it is valid."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from tests.fakes.university import NOW, MemorySigner, University

from gakusho.errors import InputError, UnreachableError
from gakusho.fetch import Fetched, MemoryFetcher
from gakusho.formats import CredentialKey, PublishedMultikey, Withdrawn, _jose, format_named
from gakusho.formats.open_badges_2 import FORMAT as HOSTED
from gakusho.formats.open_badges_2_signed import FORMAT as SIGNED
from gakusho.model.achievement import Image
from gakusho.model.report import Headline, Outcome, Report
from gakusho.proof import Signer
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.verifier.verify import verify

BASE = "https://aoba.example/ob2"
ISSUER = f"{BASE}/issuer"
KEY = f"{BASE}/keys/key-1"
EVIL = "https://evil.example/ob2"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class RsaSigner:
    """An RSA key in memory."""

    public_key = PublicKey.from_cryptography(RSA.public_key())

    def sign(self, data: bytes) -> bytes:
        """Give the signature."""
        return RSA.sign(data, padding.PKCS1v15(), hashes.SHA256())


@pytest.fixture
def university() -> University:
    return University()


def hosted(university: University) -> dict[str, Any]:
    data = university.sealed(form="open-badges-2")
    university.host("open-badges-2", data)
    found: dict[str, Any] = json.loads(data)
    return found


def signed(university: University) -> bytes:
    data = university.sealed(form="open-badges-2-signed")
    university.host("open-badges-2-signed", data)
    return data


def report(university: University, badge: Mapping[str, Any] | bytes) -> Report:
    return university.verify(badge if isinstance(badge, bytes) else json.dumps(badge).encode())


def put(university: University, address: str, document: Mapping[str, Any]) -> None:
    university.documents[address] = json.dumps(document).encode()


def at(university: University, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(university.documents[address])
    return found


def outcomes(found: Report) -> dict[str, Outcome]:
    return {check.code: check.outcome for check in found.checks}


# --- hosted ----------------------------------------------------------------------------------------


@pytest.mark.requirement("Open Badges 2.0, 4.3", "a hosted assertion at its issuer's address is valid")
def test_a_hosted_badge_is_valid_and_known_by_its_domain(university: University) -> None:
    found = report(university, hosted(university))
    assert found.headline is Headline.VALID
    assert found.issuer is not None
    assert (found.issuer.domain, found.issuer.name) == ("aoba.example", "青葉大学")
    assert found.credential is not None
    assert found.credential.learner.name.full == "髙橋 花子"
    assert found.credential.learner.email is None, "only its hash is said"


def test_the_recipient_is_a_salted_hash(university: University) -> None:
    first, second = (
        json.loads(HOSTED.write([university.award(number)], university.sealing)[0].data)["recipient"]
        for number in (1, 2)
    )
    assert first["hashed"] is True
    assert first["identity"].startswith("sha256$")
    assert first["identity"] != second["identity"], "two badges of one address do not compare"
    assert b"hanako@" not in university.sealed(form="open-badges-2")


def spoiled_start(university: University, start: str) -> Report:
    badge = hosted(university)
    profile = at(university, ISSUER)
    put(university, ISSUER, {**profile, "verification": {"startsWith": start}})
    return report(university, badge)


@pytest.mark.requirement("Open Badges 2.0, 4.3.2", "an id that does not begin as its issuer says is invalid")
@pytest.mark.parametrize(
    ("start", "outcome"),
    [
        (f"{BASE}/assertions/", Outcome.VALID),
        ("https://aoba.example/", Outcome.VALID),
        ("https://aoba.example", Outcome.VALID),
        ("https://aoba.exampl", Outcome.INVALID),
        ("https://", Outcome.INVALID),
        ("", Outcome.INVALID),
        (f"{BASE}/other/", Outcome.INVALID),
        ("http://aoba.example/", Outcome.INVALID),
        (f"{BASE}/assertions/../", Outcome.INVALID),
    ],
)
def test_the_start_of_an_address_is_compared_as_an_address(
    university: University, start: str, outcome: Outcome
) -> None:
    assert outcomes(spoiled_start(university, start))["issuer.binding"] is outcome


@pytest.mark.requirement(
    "Open Badges 2.0, 4.3.2", "an assertion on a host that its issuer does not allow is invalid"
)
@pytest.mark.parametrize("host", ["evil.example", "aoba.example.evil.example", "aoba.example:8443"])
def test_an_assertion_on_another_host_is_not_the_issuers(university: University, host: str) -> None:
    badge = hosted(university)
    moved = {**badge, "id": badge["id"].replace("aoba.example", host)}
    put(university, moved["id"], moved)
    found = report(university, moved)
    assert found.headline is Headline.NOT_GENUINE
    assert outcomes(found)["issuer.binding"] is Outcome.INVALID
    assert report(university, badge).headline is Headline.VALID


class Redirecting:
    """A world in which some addresses redirect."""

    def __init__(self, inner: MemoryFetcher, onward: Mapping[str, str]) -> None:
        self._inner = inner
        self._onward = onward

    def fetch(self, url: str, *, max_bytes: int = 1_048_576) -> Fetched:
        """Give the document, or tell where it went."""
        if url in self._onward:
            raise UnreachableError("moved", code="redirected", facts={"location": self._onward[url]})
        return self._inner.fetch(url, max_bytes=max_bytes)


@pytest.mark.parametrize("part", ["assertion", "badge", "issuer"])
def test_a_redirect_to_another_host_is_invalid_and_one_at_home_is_followed(
    university: University, part: str
) -> None:
    badge = hosted(university)
    address = {"assertion": badge["id"], "badge": badge["badge"]["id"], "issuer": ISSUER}[part]
    data = json.dumps(badge).encode()
    old = address.replace("/ob2/", "/old/")
    for onward, outcome in (
        (address.replace("aoba.example", "evil.example"), Outcome.INVALID),
        (old, Outcome.VALID),
    ):
        university.documents[onward] = university.documents[address]
        world = Redirecting(university.fetcher(), {address: onward})
        if outcome is Outcome.VALID:
            # What lies at the new address still says its own id: that is where it is looked up in the end.
            world = Redirecting(university.fetcher(), {old: address})
        found = verify(data, now=NOW, fetcher=world)
        assert found.outcome is outcome


def test_a_document_that_names_another_host_as_its_id_is_not_taken(university: University) -> None:
    badge = hosted(university)
    put(university, ISSUER, {**at(university, ISSUER), "id": f"{EVIL}/issuer"})
    found = report(university, badge)
    assert outcomes(found)["hosted.issuer"] is Outcome.INVALID
    assert found.headline is Headline.NOT_GENUINE


@pytest.mark.parametrize(
    "change",
    [
        {"narrative": "ノーベル賞を受賞した。"},
        {"issuedOn": "2020-01-01T00:00:00Z"},
        {"recipient": {"type": "email", "hashed": False, "identity": "mallory@evil.example"}},
        {
            "extensions:recipientProfile": {
                "type": ["Extension", "extensions:RecipientProfile"],
                "name": "Mallory",
            }
        },
    ],
)
def test_another_content_than_at_the_address_is_not_genuine(
    university: University, change: Mapping[str, Any]
) -> None:
    badge = hosted(university)
    found = report(university, {**badge, **change})
    assert (found.headline, outcomes(found)["hosted.assertion"]) == (Headline.NOT_GENUINE, Outcome.INVALID)
    assert report(university, badge).headline is Headline.VALID


def test_a_class_inside_must_be_the_one_at_its_address(university: University) -> None:
    badge = hosted(university)
    forged = {**badge, "badge": {**badge["badge"], "name": "博士（工学）"}}
    put(university, forged["id"], forged)  # even when the assertion's host says so
    assert outcomes(report(university, forged))["hosted.badge"] is Outcome.INVALID


@pytest.mark.parametrize("missing", ["assertion", "issuer"])
def test_what_cannot_be_asked_is_unknown(university: University, missing: str) -> None:
    badge = hosted(university)
    del university.documents[badge["id"] if missing == "assertion" else ISSUER]
    found = report(university, badge)
    assert (found.outcome, found.headline) == (Outcome.UNKNOWN, Headline.NOT_CHECKED)


@pytest.mark.requirement(
    "Open Badges 2.0, 4.4", "a hosted assertion that says revoked, or is gone, is revoked"
)
@pytest.mark.parametrize("way", ["said", "gone"])
def test_a_withdrawn_badge_is_revoked(university: University, way: str) -> None:
    badge = hosted(university)
    data = json.dumps(badge).encode()
    withdrawn = Withdrawn(award_id=university.award().id, reason="plagiarism")
    fetcher: Any = university.fetcher()
    if way == "said":
        university.documents |= HOSTED.withdrawal(BASE, withdrawn)
    else:
        fetcher = Gone(fetcher, badge["id"])
    found = verify(data, now=NOW, fetcher=fetcher)
    assert found.headline is Headline.REVOKED


class Gone:
    """A world in which one address answers 410."""

    def __init__(self, inner: MemoryFetcher, address: str) -> None:
        self._inner = inner
        self._address = address

    def fetch(self, url: str, *, max_bytes: int = 1_048_576) -> Fetched:
        """Give the document, or tell that it is gone."""
        if url == self._address:
            raise UnreachableError("gone", code="gone")
        return self._inner.fetch(url, max_bytes=max_bytes)


def test_a_signed_assertion_without_its_signature_is_no_hosted_one(university: University) -> None:
    claims = dict(_jose.taken_apart(signed(university)).claims)
    found = report(university, claims)
    assert outcomes(found)["proof.present"] is Outcome.INVALID


# --- signed ----------------------------------------------------------------------------------------


def key_of(kind: str) -> Signer:
    if kind == "RSA":
        return RsaSigner()
    return KeptSigner(ec.generate_private_key(ec.SECP256R1())) if kind == "P-256" else MemorySigner()


@pytest.mark.requirement("Open Badges 2.0, 4.3", "an assertion signed by a key its issuer lists is valid")
@pytest.mark.parametrize("kind", ["Ed25519", "P-256", "RSA"])
def test_a_signed_badge_is_valid_with_every_kind_of_key(university: University, kind: str) -> None:
    signer = key_of(kind)
    sealing = replace(
        university.sealing,
        credential_key=CredentialKey(signer=signer, verification_method=f"{university.did}#k"),
    )
    data = SIGNED.write([university.award()], sealing)[0].data
    keys = [PublishedMultikey(id=f"{university.did}#k", multikey=signer.public_key.multikey())]
    university.documents |= SIGNED.institution_documents(BASE, university.profile(), keys)
    university.documents |= SIGNED.documents(data)
    assert report(university, data).headline is Headline.VALID


def unlisted(university: University) -> None:
    put(university, ISSUER, {**at(university, ISSUER), "publicKey": []})


def unlisted_but_another(university: University) -> None:
    put(university, ISSUER, {**at(university, ISSUER), "publicKey": [f"{BASE}/keys/other"]})


def owned_by_another(university: University) -> None:
    put(university, KEY, {**at(university, KEY), "owner": f"{EVIL}/issuer"})


def without_owner(university: University) -> None:
    put(university, KEY, {k: v for k, v in at(university, KEY).items() if k != "owner"})


@pytest.mark.requirement("Open Badges 2.0, 4.3", "a key that its issuer neither owns nor lists is refused")
@pytest.mark.parametrize("spoil", [unlisted, unlisted_but_another, owned_by_another, without_owner])
def test_a_key_that_is_not_the_issuers_own_is_refused(
    university: University, spoil: Callable[[University], None]
) -> None:
    data = signed(university)
    assert report(university, data).headline is Headline.VALID
    spoil(university)
    found = report(university, data)
    assert found.headline is Headline.NOT_GENUINE
    assert outcomes(found)["proof.key"] is Outcome.INVALID


def test_a_key_of_the_forgers_own_is_refused(university: University) -> None:
    forger = University.by_key(b"f" * 32)
    claims = dict(_jose.taken_apart(signed(university)).claims)
    claims["verification"] = {"type": "SignedBadge", "creator": f"{EVIL}/key"}
    keys = [PublishedMultikey(id="x#key", multikey=forger.signer.public_key.multikey())]
    for document in SIGNED.institution_documents(EVIL, university.profile(), keys).values():
        found = json.loads(document)
        if found["type"] == "CryptographicKey":
            put(university, f"{EVIL}/key", {**found, "id": f"{EVIL}/key", "owner": ISSUER})
    data = _jose.signed({"typ": "JWT"}, claims, forger.signer)
    assert report(university, data).headline is Headline.NOT_GENUINE


@pytest.mark.parametrize(
    "header",
    [{"jwk": {}}, {"jku": EVIL}, {"crit": ["x"]}, {"b64": False}, {"typ": "vc+jwt"}, {"alg": "none"}],
)
def test_a_strange_header_is_refused(university: University, header: Mapping[str, Any]) -> None:
    claims = _jose.taken_apart(signed(university)).claims
    data = _jose.signed({"typ": "JWT", **header}, claims, university.signer)
    found = report(university, data)
    assert found.outcome is not Outcome.VALID


@pytest.mark.requirement("Open Badges 2.0, 4.4", "an assertion in its issuer's revocation list is revoked")
def test_a_signed_badge_in_the_list_is_revoked(university: University) -> None:
    data = signed(university)
    university.mark(university.award(2), "revocation")
    assert report(university, data).headline is Headline.VALID
    university.mark(university.award(), "revocation")
    assert report(university, data).headline is Headline.REVOKED


@pytest.mark.parametrize(
    "listed",
    [
        None,
        {"type": "Profile", "revokedAssertions": []},
        {"type": "RevocationList", "revokedAssertions": "none"},
        {"type": "RevocationList", "revokedAssertions": [], "issuer": f"{EVIL}/issuer"},
    ],
)
def test_a_list_that_is_none_leaves_it_open(university: University, listed: Mapping[str, Any] | None) -> None:
    data = signed(university)
    if listed is None:
        del university.documents[f"{BASE}/revocations"]
    else:
        put(university, f"{BASE}/revocations", {"id": f"{BASE}/revocations", **listed})
    assert report(university, data).outcome is Outcome.UNKNOWN


# --- images, and the rest --------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>'


@pytest.mark.requirement("Open Badges 2.0, Baking", "one credential in an image, of either version")
@pytest.mark.parametrize("form", ["open-badges-2", "open-badges-2-signed"])
def test_a_baked_badge_is_taken_out_again(university: University, form: str, png: bytes) -> None:
    data = university.sealed(form=form)
    university.host(form, data)
    for image in (png, SVG):
        baker: Any = format_named(form)
        baked = baker.bake(data, image)
        assert baker.unbake(baked) == data
        assert university.verify(baked).headline is Headline.VALID


@pytest.fixture
def png() -> bytes:
    from tests.vectors.open_badges_2.test_1edtech_fixtures import PIXEL

    return PIXEL


def test_an_image_with_badges_of_both_versions_is_refused(university: University, png: bytes) -> None:
    older, newer = university.sealed(form="open-badges-2-signed"), university.sealed()
    one: Any = format_named("open-badges-3")
    other: Any = format_named("open-badges-2-signed")
    first, second = one.bake(newer, png), other.bake(older, png)
    both = second[: second.index(b"iTXt") - 4] + first[first.index(b"iTXt") - 4 : first.index(b"IDAT") - 4]
    both += second[second.index(b"iTXt") - 4 :]
    with pytest.raises(InputError) as caught:
        other.unbake(both)
    assert caught.value.code == "image.ambiguous"


def test_an_assertion_in_an_svg_may_say_where_it_is_hosted(university: University) -> None:
    badge = json.dumps(hosted(university)).encode()
    inside = (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">'
        b'<openbadges:assertion verify="https://aoba.example/x"><![CDATA['
        + badge
        + b"]]></openbadges:assertion>"
        b"<circle r='4'/></svg>"
    )
    assert university.verify(inside).headline is Headline.VALID


def test_a_picture_and_evidence_come_back(university: University, png: bytes) -> None:
    plain = university.award()
    achievement = replace(plain.achievement, image=Image(media_type="image/png", data=png, caption="校章"))
    award = replace(plain, achievement=achievement)
    read = HOSTED.read(HOSTED.write([award], university.sealing)[0].data).award
    assert read.achievement.image == achievement.image
    assert read.achievement.criteria.best() == plain.achievement.criteria.best()
    assert [one.name for one in read.evidence] == ["卒業論文"]


def test_an_issuer_without_an_address_cannot_host() -> None:
    with pytest.raises(InputError) as caught:
        HOSTED.write([University.by_key().award()], University.by_key().sealing)
    assert caught.value.code == "award-incomplete"
