# SPDX-License-Identifier: Apache-2.0
"""The page templates: typst files beside this one, which a designer can edit.

A template gets its values as data (``json(bytes(sys.inputs.data))``), never as source text; what the
data holds is said in ``gakusho.formats._pdf.page``.
"""

from __future__ import annotations

from pathlib import Path

from gakusho.model.document import DOCUMENT_KINDS, DOCUMENT_LANGUAGES

KINDS = DOCUMENT_KINDS
"""Each is ``<kind>.typ``."""

LANGUAGES = DOCUMENT_LANGUAGES

VERSION = 2
"""Raise it when the meaning of a template's words changes; every document names its version."""

DIRECTORY = Path(__file__).parent
