# SPDX-License-Identifier: Apache-2.0
"""Places a private key lives; one file is one place, found because it lies here."""

from __future__ import annotations

from functools import cache

from gakusho import plugins
from gakusho.proof import KeyStore


@cache
def key_stores() -> dict[str, KeyStore]:
    """Give every place a key can live, by name."""
    import gakusho.proof.signers as package

    return plugins.implementations(package, KeyStore, "SIGNER")
