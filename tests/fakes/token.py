# SPDX-License-Identifier: Apache-2.0
"""A token in a box: SoftHSM, set up in a folder of its own, one for a whole test process."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gakusho.issuer import _token_sessions, hardware

PIN = "hira-7391"
_PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token that is set up, with no key in it yet."""

    module: str
    serial: str
    label: str
    folder: Path
    """In which SoftHSM keeps this token."""

    def place(self, key_id: str, *, pin: str = PIN) -> Mapping[str, str]:
        """Give where a key is, as it is kept."""
        return {"module": self.module, "serial": self.serial, "label": self.label, "pin": pin, "id": key_id}

    def key(self, algorithm: str) -> hardware.TokenKey:
        """Give a new key."""
        return hardware.make(self.module, self.serial, PIN, algorithm, f"Seal {algorithm}")


@cache
def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="gakusho-token-"))
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(
        f"directories.tokendir = {home}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")  # read when the module is loaded
    return home


def module() -> str:
    """Give the path of SoftHSM's module; a test without it fails and says so."""
    found = [place for place in _PLACES if Path(place).exists()]
    assert found, "SoftHSM is missing: apt-get install softhsm2"
    return found[0]


def set_up(label: str = "Seal of the registrar") -> Token:
    """Give a new token."""
    tokens = _home() / "tokens"
    before = set(tokens.iterdir())
    tool = shutil.which("softhsm2-util")
    assert tool, "SoftHSM is missing: apt-get install softhsm2"
    command = [tool, "--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    [folder] = set(tokens.iterdir()) - before
    path = module()
    _loaded_anew(path)
    known = {one.serial: one for one in hardware.tokens(path) if one.label == label}
    serial = next(serial for serial in known if folder.name.replace("-", "").endswith(serial))
    return Token(module=path, serial=serial, label=label, folder=folder)


def _loaded_anew(path: str) -> None:
    """Have the module look at its tokens again, as a server that was started again would."""
    import pkcs11

    _token_sessions.close_all()
    pkcs11.lib(path).reinitialize()


def away(token: Token) -> Path:
    """Take the token out; give where it is meanwhile."""
    drawer = token.folder.parent.parent / token.folder.name
    token.folder.rename(drawer)
    _loaded_anew(token.module)
    return drawer


def back(token: Token, drawer: Path) -> None:
    """Put the token in again."""
    drawer.rename(token.folder)
    _loaded_anew(token.module)


def sessions_lost(token: Token) -> None:
    """End all sessions behind the server's back, as a restart of what the token is behind does."""
    import pkcs11

    pkcs11.lib(token.module).reinitialize()


def close_and_forget(token: Token) -> None:
    """Log out and forget what was tried, as a server that was started again."""
    _loaded_anew(token.module)
