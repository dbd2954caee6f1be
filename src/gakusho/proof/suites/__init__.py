# SPDX-License-Identifier: Apache-2.0
"""Data Integrity cryptosuites; one file is one suite, found because it lies here."""

from __future__ import annotations

from functools import cache

from gakusho import plugins
from gakusho.proof import Suite


@cache
def suites() -> dict[str, Suite]:
    """Give every cryptosuite there is, by name."""
    import gakusho.proof.suites as package

    return plugins.implementations(package, Suite, "SUITE")
