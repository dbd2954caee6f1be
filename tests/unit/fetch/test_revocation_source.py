# SPDX-License-Identifier: Apache-2.0
"""Revocation data asked for over HTTP: OCSP first, lists where it fails, each once, of public hosts only."""

from __future__ import annotations

import ipaddress
import pickle
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.unit.proof.test_revocation import (
    DELEGATE,
    LEAF,
    NOW,
    OTHER,
    ROOT,
    TO_BE_ASKED,
    answered,
    der,
    listed,
)

from gakusho.errors import ConflictError, UnreachableError
from gakusho.fetch import HttpFetcher
from gakusho.issuer import _revocation
from gakusho.issuer._revocation import RevocationSource
from gakusho.proof.revocation import Revocations

CHAIN = (der(LEAF), der(ROOT))
LOOPBACK = ipaddress.ip_address("127.0.0.1")


@dataclass
class Web:
    """What is at the addresses of the certificates, and what was asked."""

    answer: bytes = b""
    kind: str = "application/ocsp-response"
    at: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    source: RevocationSource = field(default_factory=lambda: RevocationSource(now=NOW))


@contextmanager
def serving(web: Web) -> Iterator[RevocationSource]:
    """Serve it on loopback, whatever the host."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._say("POST", web.answer, web.kind)

        def do_GET(self) -> None:
            self._say("GET", web.at.get(self.path, b""), "application/pkix-crl")

        def _say(self, how: str, data: bytes, kind: str) -> None:
            web.asked.append(f"{how} {self.headers['Host'].partition(':')[0]}{self.path}")
            self.send_response(200 if data else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    door = HttpFetcher(
        now=lambda: NOW,
        seconds=30,
        addresses=lambda *_: [LOOPBACK],
        may_go=lambda _: True,
        plain_port=server.server_port,
    )
    try:
        yield replace(web.source, door=door)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    # the answer on loopback cannot know the nonce that is asked with
    monkeypatch.setattr("gakusho.issuer._revocation.secrets.token_bytes", lambda _: bytes(range(16)))
    _revocation.forget()


def test_an_answer_is_asked_for_and_remembered_for_the_batch() -> None:
    web = Web(answer=answered())
    with serving(web) as source:
        assert isinstance(source, Revocations)
        found = source.evidence(CHAIN)
        assert found.answers == (web.answer,)
        assert found.lists == ()
        assert source.evidence(CHAIN) == found
        assert web.asked == ["POST ocsp.example/"]
        replace(source, now=NOW + timedelta(hours=2)).evidence(CHAIN)
        assert len(web.asked) == 2, "an hour later anew"


@pytest.mark.parametrize(
    "web",
    [
        Web(),
        Web(answer=b"nothing"),
        Web(answer=answered(), kind="text/html"),
        Web(answer=answered(nonce=bytes(16))),
        Web(answer=b"x" * 70_000),
        Web(answer=answered(by=TO_BE_ASKED)),
    ],
)
def test_a_list_is_taken_where_no_answer_can_be_had(web: Web) -> None:
    web.at["/x.crl"] = listed()
    with serving(web) as source:
        found = source.evidence(CHAIN)
    assert (found.answers, found.lists) == ((), (web.at["/x.crl"],))
    assert [one.split()[0] for one in web.asked] == ["POST", "GET"]


def test_who_may_answer_without_being_asked_about_is_believed() -> None:
    with serving(Web(answer=answered(by=DELEGATE))) as source:
        assert len(source.evidence(CHAIN).answers) == 1


@pytest.mark.parametrize(
    ("web", "reason"),
    [
        (Web(), "404"),
        (Web(at={"/x.crl": listed(at=NOW - timedelta(days=9))}), "out of date"),
        (Web(at={"/x.crl": listed(by="Other")}), "another authority"),
    ],
)
def test_without_a_good_answer_or_list_there_is_none(web: Web, reason: str) -> None:
    with serving(web) as source, pytest.raises(UnreachableError, match=reason) as caught:
        source.evidence(CHAIN)
    assert caught.value.code == "revocation"


@pytest.mark.parametrize("web", [Web(at={"/x.crl": listed(7)})])
def test_a_revoked_certificate_is_no_fault_that_passes(web: Web) -> None:
    with serving(web) as source, pytest.raises(ConflictError) as caught:
        source.evidence(CHAIN)
    assert caught.value.code == "certificate-revoked"


def test_an_issuer_that_the_chain_lacks_is_asked_for() -> None:
    web = Web(at={"/x.crl": listed(), "/ca.cer": der(ROOT)})
    with serving(web) as source:
        found = source.evidence(CHAIN[:1])
        assert found.certificates == (der(ROOT),)
        assert found.lists == (web.at["/x.crl"],)
        web.at["/ca.cer"] = der(OTHER)
        with pytest.raises(UnreachableError, match="has not the certificate"):
            source.evidence(CHAIN[:1])
        web.at["/ca.cer"] = b"-----BEGIN CERTIFICATE-----\nx"
        with pytest.raises(UnreachableError, match="has not the certificate"):
            source.evidence(CHAIN[:1])


def test_the_lists_of_our_own_authority_are_not_asked_for() -> None:
    own = RevocationSource(now=NOW, own={der(ROOT): listed()})
    assert len(own.evidence(CHAIN).lists) == 1
    assert len(own.evidence(CHAIN[:1]).lists) == 1
    with pytest.raises(ConflictError):
        replace(own, own={der(ROOT): listed(7)}).evidence(CHAIN)


def test_private_addresses_are_not_asked() -> None:
    web = Web(answer=answered(), at={"/x.crl": listed()})
    with serving(web) as source:
        closed = replace(source, door=replace(source.door, may_go=lambda _: False))
        with pytest.raises(UnreachableError, match="may not go to"):
            closed.evidence(CHAIN)
    assert web.asked == []


def test_a_source_can_go_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(RevocationSource(now=NOW))).now == NOW
