# SPDX-License-Identifier: Apache-2.0
"""A PIN is kept so that it cannot be read, compared so that it can be typed anyhow, and guessed slowly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gakusho.errors import InputError, LockedKeyError
from gakusho.holder import pins

NOW = datetime(2026, 4, 1, tzinfo=UTC)
SECRET = bytes(range(32))


def test_a_pin_matches_itself_however_it_is_typed() -> None:
    kept = pins.hashed("2468")
    for typed in ("2468", " 2468 ", "２４６８", "24-68", "24 68"):
        assert pins.matches(typed, kept)
    for typed in ("", "2469", "24688", "2468\x00", "x" * 10_000):
        assert not pins.matches(typed, kept)


def test_the_same_pin_is_kept_differently_each_time() -> None:
    assert pins.hashed("2468") != pins.hashed("2468")


@pytest.mark.parametrize("pin", ["", "123", "a" * 21, "パスワード", "12;34"])
def test_an_unusable_pin_is_refused(pin: str) -> None:
    with pytest.raises(InputError):
        pins.hashed(pin)


def test_pauses_come_every_five_tries_and_double_to_a_day() -> None:
    minutes = [pins.pause_after(n) for n in (1, 4, 5, 6, 10, 15, 500)]
    assert minutes == [
        None, None, timedelta(minutes=15), None, timedelta(minutes=30), timedelta(hours=1), timedelta(days=1),
    ]  # fmt: skip
    year = timedelta()
    tries = 0
    while year < timedelta(days=365):
        tries += 1
        year += pins.pause_after(tries) or timedelta()
    assert tries < 2000  # of 10,000 PINs of four digits, in a year without a break


def test_a_kept_link_opens_with_the_servers_secret_only() -> None:
    kept = pins.locked(SECRET, "token")
    assert pins.unlocked(SECRET, kept) == "token"
    assert b"token" not in kept
    with pytest.raises(LockedKeyError):
        pins.unlocked(bytes(32), kept)


def test_a_pass_is_bound_to_its_share_its_pin_and_its_hour() -> None:
    value = pins.pass_for(SECRET, "share", "hash", NOW)
    assert pins.passes(SECRET, "share", "hash", value, NOW + timedelta(minutes=59))
    assert not pins.passes(SECRET, "share", "hash", value, NOW + timedelta(minutes=61))
    assert not pins.passes(SECRET, "other", "hash", value, NOW)
    assert not pins.passes(SECRET, "share", "other", value, NOW)
    assert not pins.passes(bytes(32), "share", "hash", value, NOW)
    for forged in ("", ".", "9999999999.", f"9999999999.{value.partition('.')[2]}", "１.x", "é.é"):
        assert not pins.passes(SECRET, "share", "hash", forged, NOW)
