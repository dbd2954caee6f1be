# SPDX-License-Identifier: Apache-2.0
"""A crew works in processes of its own: in order, again when one dies, with keys that stay or go wrapped."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from operator import methodcaller, mul, truediv
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from tests.fakes.processes import gone

from gakusho.errors import GakushoError, UnreadableError
from gakusho.issuer import _crew_wire as wire
from gakusho.issuer.crew import Crew
from gakusho.issuer.spread import WAITING
from gakusho.proof import PortableSigner, Signer, multibase
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers import encrypted_key, key_stores
from gakusho.store.jobs import StoppedError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes by /proc")
SECRET = bytes(range(160, 192))
STORE = key_stores()["encrypted-key"]


class Staying:
    """A key in hardware: it signs where it is, and cannot be had."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.asked: list[bytes] = []

    @property
    def public_key(self) -> PublicKey:
        """Give what everybody may know."""
        return self._signer.public_key

    def sign(self, data: bytes) -> bytes:
        """Sign here."""
        self.asked.append(data)
        return self._signer.sign(data)

    def __reduce__(self) -> str:
        raise AssertionError("the key was to leave")


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with Crew(2) as found:
        yield found


def test_answers_come_in_order_and_parts_are_not_read_ahead(crew: Crew) -> None:
    read = []

    def parts() -> Iterator[int]:
        for number in range(1_000):
            read.append(number)
            yield number

    results = crew.spread(partial(mul, 2), parts())
    assert [next(results) for _ in range(50)] == [2 * number for number in range(50)]
    assert len(read) <= 50 + 2 * WAITING
    results.close()
    assert len(read) <= 50 + 2 * WAITING


def test_the_work_is_done_in_other_processes_at_once(crew: Crew, tmp_path: Path) -> None:
    meeting = str(tmp_path / "meeting")
    os.mkfifo(meeting)
    late = threading.Timer(60, os.open, [meeting, os.O_RDWR])  # lets go who waited in vain
    late.start()
    list(crew.spread(partial(os.open, meeting), [os.O_RDONLY, os.O_WRONLY]))  # each waits for the other
    met = late.is_alive()
    late.cancel()
    assert met
    assert len(crew.pids()) == 2
    assert os.getpid() not in crew.pids()


def test_errors_come_back_as_they_are_or_without_their_words(
    crew: Crew, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UnreadableError) as there:
        multibase.decode("z0OIl")
    with pytest.raises(UnreadableError) as here:
        list(crew.spread(multibase.decode, ["z0OIl"]))
    assert (str(here.value), here.value.code) == (str(there.value), there.value.code)
    assert dict(here.value.facts) == dict(there.value.facts)
    with pytest.raises(GakushoError, match="ValueError"):
        list(crew.spread(int, ["青葉 みなと"]))
    assert "青葉" not in caplog.text
    assert list(crew.spread(partial(truediv, 1), [2])) == [0.5]  # and it goes on


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256", "P-384", "RSA-3072"])
def test_a_key_that_may_leave_goes_wrapped_and_signs_there(crew: Crew, algorithm: str) -> None:
    signer = STORE.open(STORE.create(algorithm, SECRET), SECRET)
    assert isinstance(signer, PortableSigner)
    (signature,) = crew.spread(methodcaller("sign", b"data"), [signer])
    assert signer.public_key.verify(signature, b"data")
    assert not signer.public_key.verify(signature, b"date")


def test_nothing_that_is_sent_holds_a_key_in_clear() -> None:
    private = encrypted_key._generate("Ed25519")
    kept = encrypted_key.seal(private, SECRET)
    stay: list[Signer] = []
    sent = wire.packed(("work", STORE.open(kept, SECRET)), secret=bytes(range(32)), stay=stay)
    raw = private.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    assert raw not in sent
    assert SECRET not in sent
    assert stay == []


def test_a_key_that_stays_is_asked_for_each_signature(crew: Crew) -> None:
    signer = Staying(STORE.open(STORE.create("P-256", SECRET), SECRET))
    assert isinstance(signer, Signer)
    assert not isinstance(signer, PortableSigner)
    signatures = list(crew.spread(methodcaller("sign", b"data"), [signer, signer, signer]))
    assert all(signer.public_key.verify(each, b"data") for each in signatures)
    assert signer.asked == [b"data"] * 3


class Together(Staying):
    """The same, at a service: many signatures are asked for at once."""

    def sign_many(self, data: Sequence[bytes]) -> list[bytes]:
        """Sign here, all of them."""
        self.asked.append(b" ".join(data))
        return [self._signer.sign(one) for one in data]


def test_many_signatures_are_asked_for_at_once(crew: Crew) -> None:
    for kind, asked in ((Together, [b"a b"]), (Staying, [b"a", b"b"])):
        signer = kind(STORE.open(STORE.create("P-256", SECRET), SECRET))
        [signatures] = crew.spread(methodcaller("sign_many", [b"a", b"b"]), [signer])
        assert all(
            signer.public_key.verify(each, data) for each, data in zip(signatures, (b"a", b"b"), strict=True)
        )
        assert signer.asked == asked


def test_a_key_that_refuses_stops_the_work_and_not_the_crew(crew: Crew) -> None:
    class Refusing(Staying):
        def sign(self, data: bytes) -> bytes:
            raise UnreadableError("The token was drawn.", code="token")

    signer = Refusing(STORE.open(STORE.create("Ed25519", SECRET), SECRET))
    with pytest.raises(UnreadableError, match="drawn"):
        list(crew.spread(methodcaller("sign", b"data"), [signer]))
    assert list(crew.spread(partial(mul, 3), [1, 2])) == [3, 6]


def test_a_process_that_is_killed_costs_nothing(crew: Crew) -> None:
    results = crew.spread(time.sleep, [0.05] * 24)
    found = [next(results)]
    for pid in crew.pids():
        os.kill(pid, signal.SIGKILL)
    found += list(results)
    assert found == [None] * 24


def test_a_part_that_ends_every_process_is_told(crew: Crew) -> None:
    with pytest.raises(GakushoError) as caught:
        list(crew.spread(os._exit, [9]))
    assert caught.value.code == "worker"
    assert list(crew.spread(partial(mul, 3), [1, 2])) == [3, 6]


def test_no_process_knows_a_setting(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = base64.b64encode(SECRET).decode()
    monkeypatch.setenv("GAKUSHO_SECRET_KEY", secret)
    with Crew(1) as fresh:
        list(fresh.spread(abs, [1]))
        (pid,) = fresh.pids()
        told = Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"PATH=" in told
    assert b"gakusho.issuer._crew_member" in told
    assert b"GAKUSHO_" not in told
    assert secret.encode() not in told


def test_processes_end_when_nothing_comes_and_begin_again() -> None:
    with Crew(1, idle_seconds=0.1) as crew:
        list(crew.spread(abs, [1]))
        (pid,) = crew.pids()
        gone([pid])
        assert list(crew.spread(abs, [-1])) == [1]
        assert crew.pids() != [pid]


def test_closing_ends_what_is_under_way() -> None:
    crew = Crew(1)
    stopped: list[BaseException] = []

    def run() -> None:
        try:
            list(crew.spread(time.sleep, [60]))
        except StoppedError as error:
            stopped.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not crew.pids():
        time.sleep(0.01)
    pids = crew.pids()
    crew.close()
    thread.join(10)
    assert stopped
    gone(pids)
    with pytest.raises(StoppedError):
        list(crew.spread(abs, [1]))


SERVER = """
import sys, threading, time
from gakusho.issuer.crew import Crew
crew = Crew(2)
threading.Thread(target=lambda: list(crew.spread(time.sleep, [0.3] * 1000)), daemon=True).start()
while len(crew.pids()) < 2:
    time.sleep(0.01)
print(*crew.pids(), flush=True)
if sys.argv[1] == "ends":
    sys.exit()
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["killed", "ends"])
def test_no_process_outlives_its_server(how: str) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER), how],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    pids = [int(each) for each in server.stdout.readline().split()]
    assert len(pids) == 2
    if how == "killed":
        server.kill()
    server.wait(60)
    server.stdout.close()
    gone(pids)
