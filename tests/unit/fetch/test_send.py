# SPDX-License-Identifier: Apache-2.0
"""What is posted to an address, and a time-stamping authority behind one, on loopback."""

from __future__ import annotations

import hashlib
import ipaddress
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.fakes import time_authority
from tests.fakes.time_authority import FLAWS, Answer, stamping

from gakusho.errors import ForbiddenAddressError, UnreachableError
from gakusho.fetch import HttpFetcher, Services
from gakusho.issuer._passing import PASSING
from gakusho.issuer._timestamping import HttpTsa
from gakusho.proof.timestamps import Timestamper, read_token

NOW = datetime(2026, 4, 1, tzinfo=UTC)
LOOPBACK = ipaddress.ip_address("127.0.0.1")
DIGEST = hashlib.sha256(b"a document").digest()
URL = "http://tsa.example/stamp"


@contextmanager
def asking(answer: Answer, *, seconds: float = 2) -> Iterator[HttpFetcher]:
    """Serve at http://tsa.example on loopback, and give what may ask there."""
    with time_authority.serving(answer) as authority:
        yield HttpFetcher(
            now=lambda: NOW,
            seconds=seconds,
            addresses=lambda *_: [LOOPBACK],
            may_go=lambda _: True,
            plain_port=authority.port,
        )


def test_an_authority_behind_an_address_stamps() -> None:
    with asking(stamping) as door:
        authority: Timestamper = HttpTsa(url=URL, door=door)
        token = authority.stamp(DIGEST, "sha256")
        assert read_token(token).digest == DIGEST
        assert authority.stamp(DIGEST, "sha256") != token, "each with a nonce of its own"


@pytest.mark.parametrize("flaw", FLAWS)
def test_every_other_answer_is_none(flaw: str) -> None:
    code, answer = FLAWS[flaw]
    slow = flaw in {"silent", "dripping"}
    with asking(answer, seconds=0.2 if slow else 20) as door, pytest.raises(UnreachableError) as caught:
        HttpTsa(url=URL, door=door).stamp(DIGEST, "sha256")
    assert caught.value.code == code
    assert code in PASSING, "a batch waits for it"


def test_nobody_there_is_none() -> None:
    with asking(stamping) as door:
        gone = door
    with pytest.raises(UnreachableError) as caught:
        HttpTsa(url=URL, door=replace(gone, seconds=0.5)).stamp(DIGEST, "sha256")
    assert caught.value.code == "timestamp"


def test_plain_addresses_are_sent_to_and_never_read_from() -> None:
    with asking(stamping) as door:
        with pytest.raises(ForbiddenAddressError):
            door.fetch(URL)
        with pytest.raises(ForbiddenAddressError, match="port"):
            door.send("http://tsa.example:9/", b"", "application/timestamp-query")


def test_what_the_operator_named_is_asked_and_nothing_beside_it() -> None:
    with time_authority.serving(stamping) as authority:
        services = Services.of([f"tsa.example:{authority.port}", f"127.0.0.1:{authority.port}"])
        door = HttpFetcher(now=lambda: NOW, services=services, addresses=lambda *_: [LOOPBACK])
        for host in ("tsa.example", "127.0.0.1"):
            at = f"http://{host}:{authority.port}/"
            assert HttpTsa(url=at, door=door).stamp(DIGEST, "sha256")
        for closed in (f"http://other.example:{authority.port}/", "http://tsa.example/", "http://127.0.0.1/"):
            with pytest.raises(UnreachableError) as caught:
                HttpTsa(url=closed, door=door).stamp(DIGEST, "sha256")
            assert caught.value.code == "timestamp-closed", "another host, or another of its ports"
        with pytest.raises(ForbiddenAddressError):
            HttpFetcher(now=lambda: NOW).send(f"http://127.0.0.1:{authority.port}/", b"", "x/y")
        metadata = replace(door, addresses=lambda *_: [ipaddress.ip_address("169.254.169.254")])
        with pytest.raises(ForbiddenAddressError):
            metadata.send(f"http://tsa.example:{authority.port}/", b"", "x/y")


@pytest.mark.parametrize("inner", ["http://10.0.0.1/", "http://169.254.169.254/latest", "https://127.0.0.1/"])
def test_what_is_inside_is_not_sent_to(inner: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        HttpFetcher(now=lambda: NOW, seconds=1).send(inner, b"", "application/timestamp-query")


def test_the_authority_goes_to_the_processes_of_a_crew() -> None:
    authority = HttpTsa(url=URL)
    assert pickle.loads(pickle.dumps(authority)) == authority
