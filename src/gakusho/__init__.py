# SPDX-License-Identifier: Apache-2.0
"""Gakusho issues, holds, shares and verifies digital academic credentials.

``from gakusho import verify, issue`` is the way in; ``gakusho.library`` documents them with examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gakusho.version import __version__

if TYPE_CHECKING:
    from gakusho.library import disclosable, disclose, endorse, issue, verify

__all__ = ["__version__", "disclosable", "disclose", "endorse", "issue", "verify"]


def __getattr__(name: str) -> Any:
    # Only who asks for them pays for importing what verifies and issues.
    if name in {"disclosable", "disclose", "endorse", "issue", "verify"}:
        from gakusho import library

        return getattr(library, name)
    raise AttributeError(f"module 'gakusho' has no attribute {name!r}")
