# SPDX-License-Identifier: Apache-2.0
"""What every kind of status promises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, cast

import pytest

from gakusho.errors import InputError
from gakusho.model.award import StatusEntry
from gakusho.status import PublishedStatus, Status, statuses

LIST = "https://aoba.example/status/1"
LENGTH = 131_072


class Written(Status, PublishedStatus, Protocol):
    """A kind of status that is read and published."""


@pytest.fixture(params=[name for name, kind in statuses().items() if isinstance(kind, PublishedStatus)])
def status(request: pytest.FixtureRequest) -> Written:
    return cast("Written", statuses()[request.param])


@pytest.mark.parametrize("name", statuses())
def test_something_else_is_never_an_empty_list(name: str) -> None:
    kind = statuses()[name]
    asked = StatusEntry(id=LIST, kind=name, purpose="revocation", list_id=LIST, index=0, credential_id="a:b")
    nothing: list[dict[str, Any]] = [
        {},
        {"credentialSubject": {}},
        {"type": "Other", "revokedCredentials": [5]},
    ]
    for listed in nothing:
        with pytest.raises(InputError):
            kind.look_up(asked, listed)


def entry(status: Written, index: int) -> StatusEntry:
    return StatusEntry(
        id=f"{LIST}#{index}", kind=status.name, purpose="revocation", list_id=LIST, index=index
    )


def test_exactly_what_was_set_is_set(status: Written) -> None:
    made = status.write(
        list_id=LIST,
        issuer_id="did:web:aoba.example",
        purpose="revocation",
        length=LENGTH,
        values={0: 1, 7: 1, LENGTH - 1: 1},
    )
    for index, expected in {0: 1, 1: 0, 6: 0, 7: 1, 8: 0, LENGTH - 1: 1}.items():
        assert status.look_up(entry(status, index), made) == expected


def test_the_list_is_a_credential_of_the_issuer(status: Written) -> None:
    made = status.write(
        list_id=LIST, issuer_id="did:web:aoba.example", purpose="revocation", length=LENGTH, values={}
    )
    assert (made["id"], made["issuer"]) == (LIST, "did:web:aoba.example")
    assert "VerifiableCredential" in made["type"]
    assert "proof" not in made


def test_what_does_not_fit_is_never_unset(status: Written) -> None:
    made = status.write(
        list_id=LIST, issuer_id="did:web:aoba.example", purpose="revocation", length=LENGTH, values={}
    )
    for bad in (
        entry(status, LENGTH),
        entry(status, -1),
        replace(entry(status, 0), purpose="suspension"),
    ):
        with pytest.raises(InputError):
            status.look_up(bad, made)
    with pytest.raises(InputError):
        status.look_up(entry(status, 0), {})
