# SPDX-License-Identifier: Apache-2.0
"""What people call the formats, in Japanese and English: the one place where these names stand."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, tuple[str, str]] = {
    "open-badges-3": ("オープンバッジ 3.0", "Open Badges 3.0"),
    "open-badges-3-sd": ("オープンバッジ 3.0（一部だけ見せられる形）", "Open Badges 3.0, shown in part"),
    "open-badges-2": ("オープンバッジ 2.0（ホスト型）", "Open Badges 2.0 (hosted)"),
    "open-badges-2-signed": ("オープンバッジ 2.0（署名型）", "Open Badges 2.0 (signed)"),
    "vc-jwt": ("オープンバッジ 3.0（JWT）", "Open Badges 3.0 as JWT"),
    "vc-cose": ("オープンバッジ 3.0（COSE）", "Open Badges 3.0 as COSE"),
    "vc-sd-jwt": ("オープンバッジ 3.0（一部だけ見せられるJWT）", "Open Badges 3.0 as SD-JWT, shown in part"),
    "sd-jwt-vc": ("ウォレット用の証明書（SD-JWT VC）", "Wallet credential (SD-JWT VC)"),
    "verifiable-credential": ("検証可能な証明書（W3C）", "Verifiable Credential (W3C)"),
    "clr-2": ("成績証明書（CLR 2.0）", "Transcript (CLR 2.0)"),
    "clr-2-jwt": ("成績証明書のJWT（CLR 2.0）", "Transcript as JWT (CLR 2.0)"),
    "signed-pdf": ("署名付きPDF", "Signed PDF"),
    "paper-code": ("紙の署名付きコード", "Signed code on paper"),
}


def format_name(name: str, language: str) -> str:
    """Give what people call a format, in Japanese (``ja``) or English; a name not known here as it is."""
    words = _NAMES.get(name)
    return name if words is None else words[language != "ja"]


def named_formats() -> frozenset[str]:
    """Give the formats that have such names."""
    return frozenset(_NAMES)
