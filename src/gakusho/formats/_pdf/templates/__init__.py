# SPDX-License-Identifier: Apache-2.0
"""The page templates: typst files beside this one, which a designer can edit.

A template gets its values as data (``json(bytes(sys.inputs.data))``), never as source text; what the
data holds is said in ``gakusho.formats._pdf.page``.
"""

from __future__ import annotations

from pathlib import Path

KINDS = ("diploma", "degree-certificate", "transcript", "completion")
"""学位記, 卒業証明書・学位授与証明書, 成績証明書, 修了証書; each is ``<kind>.typ``."""

LANGUAGES = ("ja", "en", "ja-en")

VERSION = 1
"""Raise it when the meaning of a template's words changes; every document names its version."""

DIRECTORY = Path(__file__).parent
