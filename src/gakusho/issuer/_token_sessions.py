# SPDX-License-Identifier: Apache-2.0
"""A token logged into once a process, and a session with it that is used again. PKCS #11, section 5.6.

One thread at a time talks to modules: many crash when several do, whatever they promise, and with them all
of the server.

Being logged in is a state of the whole process, so a PIN that is given while somebody is logged in is
compared with the one that opened the token: the token itself would not look at it.
"""

from __future__ import annotations

import hmac
import os
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from gakusho.errors import GakushoError, KeyMaterialError, LockedKeyError, SettingsError, UnreachableError

_WAIT_SECONDS = 60.0
_LOCK = threading.RLock()
_OPEN: dict[tuple[str, str], OpenToken] = {}
"""By module and serial number: no more than there are tokens."""
_WRONG: dict[tuple[str, str], int] = {}
"""Wrong PINs one after the other, for tokens that do not count themselves."""
_OWNER = [os.getpid()]
"""The process that everything here belongs to."""


@dataclass(kw_only=True)
class Session:
    """One session, with the keys found in it."""

    raw: Any
    keys: dict[bytes, Any] = field(default_factory=dict)


class OpenToken:
    """A token this process is logged into."""

    def __init__(self, place: tuple[str, str], token: Any, pin: str, first: Any) -> None:
        self.token = token
        self._place = place
        self._pin = pin
        self._free: queue.LifoQueue[Session] = queue.LifoQueue()
        self._free.put(Session(raw=first))

    def is_opened_by(self, pin: str) -> bool:
        """Tell whether this is the PIN that opened it."""
        return hmac.compare_digest(self._pin.encode(), pin.encode())

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session, no other thread having one meanwhile. Raises: what ``told`` gives."""
        library = library_error()
        if not _LOCK.acquire(timeout=_WAIT_SECONDS):
            raise away("it is busy")
        session: Session | None = None
        well = True
        try:
            session = self._one()
            yield session
        except library as error:
            said = told(error)
            well = not isinstance(said, UnreachableError)
            raise said from error
        finally:
            if not well:
                self._give_up()
            if session is not None:
                self._put_back(session)
            _LOCK.release()

    def _one(self) -> Session:
        try:
            return self._free.get_nowait()
        except queue.Empty:
            return Session(raw=self.token.open())

    def _put_back(self, session: Session) -> None:
        with _LOCK:
            if _OPEN.get(self._place) is self:
                self._free.put(session)
                return
        with suppress(library_error()):
            session.raw.close()

    def _give_up(self) -> None:
        """Have the next one log in anew; sessions in use are closed when they are given back."""
        with _LOCK:
            if _OPEN.get(self._place) is self:
                del _OPEN[self._place]
        self.close()

    def close(self) -> None:
        """End the sessions, and with the last one the login."""
        with suppress(queue.Empty):
            while True:
                with suppress(library_error()):
                    self._free.get_nowait().raw.close()


def library_error() -> type[Exception]:
    """Give the error of the library that talks to modules. Raises: SettingsError when it is not installed."""
    try:
        from pkcs11 import PKCS11Error
    except ImportError as error:
        raise SettingsError(
            "Keys in hardware need the package python-pkcs11.",
            code="token-library",
            action="pip install 'gakusho[hardware]'",
        ) from error
    found: type[Exception] = PKCS11Error
    return found


def present(module: str) -> list[Any]:
    """Give the tokens behind a module that somebody has set up. Raises: UnreachableError."""
    library = library_error()
    try:
        with _LOCK:
            found = [slot.get_token() for slot in _loaded(module).get_slots(token_present=True)]
            return [token for token in found if token.serial]
    except library as error:
        raise told(error) from error


def opened(module: str, serial: str, label: str, pin: str, *, typed: bool) -> OpenToken:
    """Give a token, logged into. ``typed``: a person gave the PIN just now; else it was kept.

    Raises: UnreachableError (``token-away``), LockedKeyError (``token-pin``).
    """
    place = (module, serial)
    with _LOCK:
        _forget_of_another_process()
        if found := _OPEN.get(place):
            if not found.is_opened_by(pin):
                raise _pin("token-pin-other", "this server uses another one for this token")
            return found
        for token in present(module):
            if token.serial.decode("ascii", "replace") == serial and token.label == label:
                _OPEN[place] = _logged_in(place, token, pin, typed=typed)
                return _OPEN[place]
    raise away(f"the token {label[:40]!r} with the number {serial[:40]} is not there")


def close_all() -> None:
    """Log out everywhere; the next signature logs in anew."""
    with _LOCK:
        while _OPEN:
            _OPEN.popitem()[1].close()
        _WRONG.clear()


def _logged_in(place: tuple[str, str], token: Any, pin: str, *, typed: bool) -> OpenToken:
    import pkcs11

    flags = token.flags
    if flags & pkcs11.TokenFlag.USER_PIN_LOCKED:
        raise _pin("token-pin", "the token has locked it")
    last = bool(flags & pkcs11.TokenFlag.USER_PIN_FINAL_TRY) or _WRONG.get(place, 0) > 1
    doubtful = bool(flags & pkcs11.TokenFlag.USER_PIN_COUNT_LOW) or place in _WRONG
    if last:
        raise _pin("token-pin-last", "the next wrong one would lock the token")
    if doubtful and not typed:
        raise _pin("token-pin-kept", "a wrong one was given before, so the kept one is not tried")
    try:
        session = _login(place[0], token, pin)
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
        if not _counts_itself(place):
            _WRONG[place] = _WRONG.get(place, 0) + 1
        reason = "the token does not take it; it was tried once and is not tried again"
        raise _pin("token-pin", reason) from error
    except pkcs11.PKCS11Error as error:
        raise told(error) from error
    _WRONG.pop(place, None)
    return OpenToken(place, token, pin, session)


def _login(module: str, token: Any, pin: str) -> Any:
    """Give the first session. Where sessions of ours were lost sight of, the module is started afresh."""
    import pkcs11

    try:
        return token.open(user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        for place in [place for place in _OPEN if place[0] == module]:
            del _OPEN[place]
        pkcs11.lib(module).reinitialize()
        serial = token.serial
        again = next((one for one in present(module) if one.serial == serial), None)
        if again is None:
            raise away("it was removed") from None
        return again.open(user_pin=pin)


def _counts_itself(place: tuple[str, str]) -> bool:
    """Tell whether the token remembers that a wrong PIN was given: then nothing is to be counted here."""
    import pkcs11

    return any(
        one.flags & pkcs11.TokenFlag.USER_PIN_COUNT_LOW
        for one in present(place[0])
        if one.serial.decode("ascii", "replace") == place[1]
    )


def _loaded(module: str) -> Any:
    import pkcs11

    with _LOCK:
        _forget_of_another_process()
        return pkcs11.lib(module)


def _forget_of_another_process() -> None:
    """After a fork nothing of the parent's sessions may be used. PKCS #11, section 5.6.1."""
    if [os.getpid()] == _OWNER:
        return
    _OWNER[:] = [os.getpid()]
    import pkcs11

    for module in {place[0] for place in _OPEN}:
        with suppress(pkcs11.PKCS11Error):
            pkcs11.lib(module).reinitialize()
    _OPEN.clear()


def told(error: Exception) -> GakushoError:
    """Give a module's error in the words of this project; nothing of a PIN is in it."""
    import pkcs11

    name = type(error).__name__
    match error:
        case (
            pkcs11.SessionHandleInvalid()
            | pkcs11.SessionClosed()
            | pkcs11.UserNotLoggedIn()
            | pkcs11.ObjectHandleInvalid()
            | pkcs11.KeyHandleInvalid()
        ):
            return away("the session was lost", lost="session")
        case pkcs11.PinLocked() | pkcs11.PinExpired() | pkcs11.UserPinNotInitialized():
            return _pin("token-pin", f"the token says {name}")
        case pkcs11.DeviceRemoved() | pkcs11.TokenNotPresent() | pkcs11.NoSuchToken():
            return away("it was removed", lost="session")
        case pkcs11.MechanismInvalid() | pkcs11.KeySizeRange() | pkcs11.KeyTypeInconsistent():
            return _unable(name)
        case pkcs11.FunctionNotSupported() | pkcs11.TokenWriteProtected() | pkcs11.TemplateInconsistent():
            return _unable(name)
    return away(f"{name} {str(error)[:200]}".strip())


def away(reason: str, *, lost: str = "") -> UnreachableError:
    """Give the error for a token that cannot be asked now."""
    return UnreachableError(
        f"The token with the key cannot be asked: {reason}.",
        code="token-away",
        action="Put the token in, or start what it is behind. A batch goes on by itself afterwards.",
        facts={"reason": reason, "lost": lost},
    )


def _pin(code: str, reason: str) -> LockedKeyError:
    return LockedKeyError(
        f"The PIN of the token was not accepted: {reason}.",
        code=code,
        action=_PIN_ACTIONS[code],
        facts={"reason": reason},
    )


_PIN_ACTIONS = {
    "token-pin": "Give the right PIN on the page of the document key; it is tried once.",
    "token-pin-kept": "Give the PIN anew on the page of the document key.",
    "token-pin-last": "Log in with the token's own program; the right PIN there sets the count back.",
    "token-pin-other": "Give the PIN that is in use; if it was changed in the token, start the server again.",
}


def _unable(name: str) -> KeyMaterialError:
    return KeyMaterialError(
        f"The token cannot do this with the key ({name}).",
        code="token-key",
        action="Use a key of another kind, RSA-3072 or P-256.",
        facts={"got": name, "expected": "CKM_RSA_PKCS or CKM_ECDSA"},
    )
