# SPDX-License-Identifier: Apache-2.0
"""Time-stamp tokens of any make, good and odd (RFC 3161, section 2.4.2)."""

from __future__ import annotations

import hashlib
from typing import Any

from asn1crypto import tsp
from tests.fakes.archive import tsa
from tests.vectors.signed_pdf.containers import Container, Key, raw
from tests.vectors.signed_pdf.making import NOW

from gakusho.proof.signers.encrypted_key import KeptSigner
from gakusho.proof.stand_in_tsa import POLICY


def token(
    signature: bytes, *, holder: Key | None = None, chain: tuple[bytes, ...] = (), **changes: Any
) -> bytes:
    """Give a time-stamp token for bytes, changed in a point: members of the TSTInfo, or of the container."""
    info: dict[str, Any] = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": hashlib.sha256(signature).digest(),
        },
        "serial_number": 1,
        "gen_time": NOW,
        "nonce": 1,
    }
    made = {name: changes.pop(name) for name in list(changes) if name in info}
    content = bytes(tsp.TSTInfo({**info, **made}).dump())
    holder = holder or _stamper()
    usual: dict[str, Any] = {
        "key": holder,
        "certificates": chain or tuple(tsa().certificates),
        "content_type": "tst_info",
        "encapsulated": "tst_info",
        "inside": content,
    }
    return Container(**{**usual, **changes})(content)


def _stamper() -> Key:
    signer = tsa().signer
    assert isinstance(signer, KeptSigner)
    return raw(signer)
