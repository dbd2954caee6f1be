# SPDX-License-Identifier: Apache-2.0
"""``gakusho formats``: the ways to write a credential down, and what each is for."""

from __future__ import annotations

from typing import Annotated

import typer

from gakusho.cli.terminal import Language, language_of, say, say_json

LINES: dict[str, tuple[str, str, str]] = {
    "open-badges-3": (
        "credential",
        "デジタルバッジの現行規格。ほとんどのウォレットと検証サイトで使えます",
        "the current digital badge; most wallets and verifiers take it",
    ),
    "open-badges-3-sd": (
        "disclosure",
        "同じバッジで、本人が一部だけを見せられます（学位は見せて成績は見せない、など）",
        "the same badge, of which the holder can show a part: the degree, not the grades",
    ),
    "open-badges-2": (
        "host",
        "旧規格のバッジ。サーバーに置かれている間だけ検証できます",
        "the older badge, for older systems; it holds while its host answers",
    ),
    "open-badges-2-signed": (
        "credential",
        "旧規格の署名付きバッジ。旧いシステムに渡すときに",
        "the older badge with a signature, for older systems",
    ),
    "signed-pdf": (
        "document",
        "署名付きの証明書PDF。中にバッジが入っています",
        "a certified PDF to read, print and send, with the badge inside",
    ),
    "clr-2": (
        "credential",
        "成績証明書。学位と科目のひとつずつが署名されます",
        "a transcript: the degree and every course, each signed by itself",
    ),
    "clr-2-jwt": (
        "credential",
        "同じ成績証明書をトークンにしたもの。JWTを使うシステムに",
        "the same transcript as signed tokens, for systems that speak JWT",
    ),
    "vc-jwt": (
        "credential",
        "同じバッジをトークンにしたもの。JWTを使うシステムに",
        "the same badge as a signed token, for systems that speak JWT",
    ),
    "paper-code": (
        "disclosure",
        "紙に印刷し、ネットワークなしで検証できるQRコードの内容",
        "what a QR code on paper says, to be verified without a network",
    ),
    "vc-cose": (
        "credential",
        "同じバッジを小さなバイナリーにしたもの",
        "the same badge as a small signed binary message",
    ),
    "vc-sd-jwt": (
        "disclosure",
        "同じバッジをトークンにし、本人が一部だけを見せられるもの",
        "the same badge as a token, of which the holder can show a part",
    ),
    "sd-jwt-vc": (
        "disclosure",
        "欧州などの身分証ウォレット向け。本人が一部だけを見せられます",
        "for the identity wallets of Europe and others; the holder can show a part",
    ),
    "verifiable-credential": (
        "credential",
        "W3Cの一般的な証明書。主に検証用です",
        "any W3C credential; mostly for verifying",
    ),
}
"""What signs it, and what it is for: Japanese, English."""

_KEYS = {
    "credential": ("鍵 credential（Ed25519）", "key: credential (Ed25519)"),
    "disclosure": ("鍵 disclosure（P-256）", "key: disclosure (P-256)"),
    "document": ("鍵 document（P-256と証明書）", "key: document (P-256 with certificate)"),
    "host": ("鍵なし。サーバーが要ります", "no key; needs a server"),
}


def formats(
    *,
    lang: Annotated[Language | None, typer.Option(help="Language of the list.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the formats: what each is for, and which key it needs."""
    from gakusho.formats import formats as known

    language = language_of(lang)
    place = 1 if language == "ja" else 2
    found = []
    ours, others = [name for name in LINES if name in known()], set(known()) - set(LINES)
    for name in (*ours, *sorted(others)):
        form = known()[name]
        line = LINES.get(name, ("credential", form.media_type, form.media_type))
        found.append((name, form, line[0], line[place]))
    if as_json:
        say_json(
            {
                "formats": [
                    {
                        "name": name,
                        "media_type": form.media_type,
                        "extension": form.extension,
                        "key": key,
                        "about": about,
                    }
                    for name, form, key, about in found
                ]
            }
        )
        return
    for name, _, key, about in found:
        say(f"{name:<22} {about}\n{'':<22} {_KEYS[key][place - 1]}")
