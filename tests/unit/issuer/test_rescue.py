# SPDX-License-Identifier: Apache-2.0
"""A badge of one's own that still verifies becomes a credential without a host; nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.fakes.university import NOW, University
from tests.vectors.open_badges_2.test_1edtech_fixtures import PIXEL

from gakusho.errors import InputError
from gakusho.fetch import MemoryFetcher
from gakusho.formats import format_named
from gakusho.issuer.issue import issue
from gakusho.issuer.rescue import Owner, Rescued, rescue
from gakusho.model.learner import Learner, PersonName
from gakusho.model.report import Headline

HANAKO = Learner(name=PersonName(full="髙橋 花子"), email="Hanako@students.aoba.example")
NEW_ID = "urn:uuid:7d1a7f0e-52b7-4c0c-9a39-5b0c3d3b4a11"
OLD = "https://badges.aoba.example"


@pytest.fixture
def university() -> University:
    return University()


def old_badge(university: University, **changes: Any) -> bytes:
    """Give a badge as an older platform published it on its host, with only a hash for the learner."""
    import hashlib

    identity = hashlib.sha256(b"Hanako@students.aoba.examplesalt").hexdigest()
    documents: dict[str, dict[str, object]] = {
        "badge": {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "BadgeClass",
            "id": f"{OLD}/class",
            "name": "データサイエンス入門",
            "description": "15回の講義。",
            "criteria": f"{OLD}/criteria",
            "image": f"{OLD}/image.png",
            "issuer": f"{OLD}/issuer",
        },
        "issuer": {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Issuer",
            "id": f"{OLD}/issuer",
            "name": "青葉大学",
            "url": "https://aoba.example/",
            "email": "badges@aoba.example",
        },
        "assertion": {
            "@context": "https://w3id.org/openbadges/v2",
            "type": "Assertion",
            "id": f"{OLD}/assertions/1",
            "recipient": {
                "type": "email",
                "hashed": True,
                "salt": "salt",
                "identity": f"sha256${identity}",
            },
            "issuedOn": "2019-03-20T00:00:00+09:00",
            "badge": f"{OLD}/class",
            "evidence": {"narrative": "課題をすべて提出した。"},
            "verification": {"type": "hosted"},
        },
    }
    documents["assertion"] |= changes
    for document in documents.values():
        university.documents[str(document["id"])] = json.dumps(document).encode()
    university.documents[f"{OLD}/image.png"] = PIXEL
    return json.dumps(documents["assertion"]).encode()


def rescued(university: University, data: bytes, **changes: Any) -> Rescued:
    given: dict[str, Any] = {
        "owner": Owner(issuer=university.profile(), hosts={"badges.aoba.example", "aoba.example"}),
        "learners": [replace(HANAKO, email="somebody@aoba.example"), HANAKO],
        "award_id": NEW_ID,
        "status": university.award(9).status,
        "now": NOW,
        "fetcher": university.fetcher(),
    }
    return rescue(data, **(given | changes))


def test_it_becomes_a_credential_that_outlives_the_host(university: University) -> None:
    found = rescued(university, old_badge(university))
    (sealed,) = issue(
        [found.award], formats=["open-badges-3"], sealing=university.sealing, documents=university.documents
    )
    # The old host and its picture are gone; only the issuer's own documents are left.
    own = {at: data for at, data in university.documents.items() if not at.startswith(OLD)}
    report = University(documents=own).verify(sealed.data)
    assert report.headline is Headline.VALID
    assert report.credential is not None
    read = report.credential
    assert (read.id, read.issuer.id) == (NEW_ID, university.did)
    assert read.learner.name.full == "髙橋 花子"
    assert read.achievement.name.best() == "データサイエンス入門"
    assert read.achievement.image is not None
    assert read.achievement.image.data == PIXEL
    assert read.valid_from.isoformat() == "2019-03-19T15:00:00+00:00"
    assert [one.url for one in read.evidence if one.url] == [f"{OLD}/assertions/1"]
    assert found.report.input_digest in json.dumps(json.loads(sealed.data)["evidence"])
    assert found.was == f"{OLD}/assertions/1"


@pytest.mark.parametrize("form", ["open-badges-2", "open-badges-2-signed"])
@pytest.mark.parametrize("image", [None, PIXEL])
def test_every_form_of_ones_own_is_rescued(university: University, form: str, image: bytes | None) -> None:
    data = university.sealed(form=form)
    university.host(form, data)
    if image is not None:
        baker: Any = format_named(form)
        data = baker.bake(data, image)
    found = rescued(university, data, learners=[])
    assert found.award.learner.name.full == "髙橋 花子"
    assert found.award.results == ()


def refusal(university: University, data: bytes, **changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        rescued(university, data, **changes)
    return caught.value.code


def test_what_does_not_verify_is_refused(university: University) -> None:
    data = old_badge(university)
    assert rescued(university, data).was
    nowhere = MemoryFetcher({}, now=lambda: NOW)
    assert refusal(university, data, fetcher=nowhere) == "rescue-not-valid"
    changed = {**json.loads(data), "narrative": "首席で卒業した。"}
    assert refusal(university, json.dumps(changed).encode()) == "rescue-not-valid"
    old_badge(university, revoked=True)
    assert refusal(university, data) == "rescue-not-valid"


def test_an_expired_badge_is_refused(university: University) -> None:
    assert refusal(university, old_badge(university, expires="2020-01-01T00:00:00Z")) == "rescue-not-valid"


def test_somebody_elses_is_refused(university: University) -> None:
    data = old_badge(university)
    foreign = Owner(issuer=university.profile(), hosts={"aoba.example"})
    assert refusal(university, data, owner=foreign) == "rescue-not-own"
    listed = replace(foreign, profiles={f"{OLD}/issuer"})
    assert rescued(university, data, owner=listed).was


def test_a_learner_nobody_knows_is_refused(university: University) -> None:
    other = replace(HANAKO, email="taro@students.aoba.example")
    assert refusal(university, old_badge(university), learners=[other]) == "rescue-learner"


def test_another_kind_of_file_is_refused(university: University) -> None:
    assert refusal(university, university.sealed()) == "rescue-kind"
    assert refusal(university, b"junk") == "rescue-kind"


def test_a_picture_that_is_none_is_left_out(university: University) -> None:
    data = old_badge(university)
    university.documents[f"{OLD}/image.png"] = b"<html>not found</html>"
    assert rescued(university, data).award.achievement.image is None
