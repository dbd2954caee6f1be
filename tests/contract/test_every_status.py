# SPDX-License-Identifier: Apache-2.0
"""What every kind of status promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gakusho.errors import InputError
from gakusho.model.award import StatusEntry
from gakusho.status import Status, statuses

LIST = "https://aoba.example/status/1"
LENGTH = 131_072


@pytest.fixture(params=statuses())
def status(request: pytest.FixtureRequest) -> Status:
    return statuses()[request.param]


def entry(status: Status, index: int) -> StatusEntry:
    return StatusEntry(
        id=f"{LIST}#{index}", kind=status.name, purpose="revocation", list_id=LIST, index=index
    )


def test_exactly_what_was_set_is_set(status: Status) -> None:
    made = status.write(
        list_id=LIST,
        issuer_id="did:web:aoba.example",
        purpose="revocation",
        length=LENGTH,
        set_indexes=[0, 7, LENGTH - 1],
    )
    for index, expected in {0: True, 1: False, 6: False, 7: True, 8: False, LENGTH - 1: True}.items():
        assert status.look_up(entry(status, index), made) is expected


def test_the_list_is_a_credential_of_the_issuer(status: Status) -> None:
    made = status.write(
        list_id=LIST, issuer_id="did:web:aoba.example", purpose="revocation", length=LENGTH, set_indexes=[]
    )
    assert (made["id"], made["issuer"]) == (LIST, "did:web:aoba.example")
    assert "VerifiableCredential" in made["type"]
    assert "proof" not in made


def test_what_does_not_fit_is_never_unset(status: Status) -> None:
    made = status.write(
        list_id=LIST, issuer_id="did:web:aoba.example", purpose="revocation", length=LENGTH, set_indexes=[]
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
