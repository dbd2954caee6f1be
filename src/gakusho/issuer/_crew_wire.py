# SPDX-License-Identifier: Apache-2.0
"""What goes between the server and a process of its crew, and in which form.

Messages have their length before them. Signers in what is sent are not pickled: a key that may leave goes
wrapped under the crew's own secret, one that may not stays, and the process asks for each signature.
"""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO

from gakusho.proof import ManySigner, PortableSigner, Signer
from gakusho.proof.keys import PublicKey
from gakusho.proof.signers import key_stores

DONE, REFUSED, BROKE, SIGN = b"D", b"R", b"B", b"S"
"""What a process answers: a result, an error raised on purpose, another error, a question for a signature."""
_LENGTH = struct.Struct(">Q")


def send(pipe: IO[bytes], message: bytes) -> None:
    """Write one message. Raises: OSError."""
    pipe.write(_LENGTH.pack(len(message)))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Read one message. Raises: EOFError when the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    message = pipe.read(length)
    if len(message) < length:
        raise EOFError
    return message


def packed(task: object, *, secret: bytes, stay: list[Signer]) -> bytes:
    """Give a task in the form in which it is sent; signers that stay here are put into ``stay``."""
    out = io.BytesIO()
    _Packing(out, secret, stay).dump(task)
    return out.getvalue()


class _Packing(pickle.Pickler):
    def __init__(self, out: BinaryIO, secret: bytes, stay: list[Signer]) -> None:
        super().__init__(out, protocol=pickle.HIGHEST_PROTOCOL)
        self._secret, self._stay = secret, stay
        self._no_signers: set[type] = set()

    def reducer_override(self, obj: Any) -> Any:
        """Say how a signer is sent; everything else goes as it is."""
        kind = type(obj)
        if kind in self._no_signers:
            return NotImplemented
        if isinstance(obj, type) or not isinstance(obj, Signer):
            self._no_signers.add(kind)
            return NotImplemented
        if isinstance(obj, PortableSigner):
            return _portable, (obj.store, obj.wrapped(self._secret))
        self._stay.append(obj)
        return _asking, (len(self._stay) - 1, obj.public_key.multikey())


# --- in the process ---------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Station:
    """What a process of the crew holds: the secret its keys come wrapped under, and its way to the server."""

    secret: bytes = field(default=b"", repr=False)
    ask: Callable[[int, Sequence[bytes]], list[bytes]] | None = None


STATION = Station()
"""Of this process alone."""


def _portable(store: str, kept: bytes) -> Signer:
    return key_stores()[store].open(kept, STATION.secret)


def _asking(number: int, multikey: str) -> Signer:
    return AskingSigner(number, PublicKey.from_multikey(multikey))


class AskingSigner:
    """A key that stayed with the server, which signs when it is asked."""

    def __init__(self, number: int, public_key: PublicKey) -> None:
        self._number = number
        self._public_key = public_key

    @property
    def public_key(self) -> PublicKey:
        """The key that checks what this one signs."""
        return self._public_key

    def sign(self, data: bytes) -> bytes:
        """Give the raw signature, in the form ``Signer`` names."""
        return self.sign_many([data])[0]

    def sign_many(self, data: Sequence[bytes]) -> list[bytes]:
        """Give the raw signature of each, in order, asked for in one go."""
        assert STATION.ask is not None
        return STATION.ask(self._number, data)


def signed(signer: Signer, data: Sequence[bytes]) -> list[bytes]:
    """Give, in the server, what a process asks of a signer that stayed there."""
    if isinstance(signer, ManySigner):
        return signer.sign_many(data)
    return [signer.sign(one) for one in data]
