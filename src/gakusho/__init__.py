# SPDX-License-Identifier: Apache-2.0
"""Gakusho issues, holds, shares and verifies digital academic credentials."""

from gakusho.version import __version__

__all__ = ["__version__"]
