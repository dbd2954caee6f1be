# SPDX-License-Identifier: Apache-2.0
"""Pinned JSON-LD contexts, compiled once into term tables."""

from __future__ import annotations


class Contexts:
    """The contexts a document may name."""
