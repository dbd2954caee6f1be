# SPDX-License-Identifier: Apache-2.0
"""Work spread over processes comes back in order, with its errors, and reads no further than it must."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from gakusho.errors import InputError
from gakusho.issuer.spread import spread

FORKED = """
import os, threading
from gakusho.errors import GakushoError, InputError
from gakusho.issuer.spread import WAITING, spread

assert threading.active_count() == 1
key = lambda number: number * 2  # cannot be pickled, and need not be
read = []
def parts(amount):
    for number in range(amount):
        read.append(number)
        yield number

found = list(spread(lambda number: (key(number), os.getpid()), parts(50), processes=2))
assert [number for number, _ in found] == [number * 2 for number in range(50)]
assert os.getpid() not in {process for _, process in found}

read.clear()
results = spread(key, parts(1_000), processes=2)
assert next(results) == 0 and len(read) <= 2 * WAITING, read
results.close()

def refuse(number):
    raise InputError("It is odd.", code="odd", facts={"got": number})
try:
    list(spread(refuse, parts(5), processes=2))
    raise SystemExit("no error came back")
except InputError as error:
    assert (error.code, dict(error.facts), str(error)) == ("odd", {"got": 0}, "It is odd.")

try:
    list(spread(lambda _: os._exit(9), parts(5), processes=2))
    raise SystemExit("no error came back")
except GakushoError as error:
    assert error.code == "worker"
print("good")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copies on Linux only")
def test_work_on_several_processes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FORKED)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("good", "")


def test_one_process_does_it_here_and_part_by_part() -> None:
    done = []

    def work(number: int) -> int:
        done.append(number)
        return number + 1

    results = spread(work, range(100), processes=1)
    assert next(results) == 1
    assert done == [0]
    assert list(results) == list(range(2, 101))


def test_an_error_here_is_the_error() -> None:
    def work(_: int) -> int:
        raise InputError("No.", code="no")

    with pytest.raises(InputError):
        list(spread(work, [1], processes=1))
