# SPDX-License-Identifier: Apache-2.0
"""WeasyPrint: the same transcript from HTML with the same font, as PDF/A-3a; run by its own interpreter.

The style sheet and its font are read once. The page says the same in one language less: labels are in
Japanese only.
"""

from __future__ import annotations

import base64
import json
from html import escape
from typing import Any

from bench.engines import _clock

_STYLE = """
@font-face { font-family: Paper; src: url("file://%s") }
@page { size: A4; margin: 16mm 20mm; font-family: Paper;
  @bottom-right { content: counter(page) " / " counter(pages) } }
body { font-family: Paper; font-size: 8pt; line-height: 1.2 }
h1 { font-size: 20pt; font-weight: normal; margin: 0 } dl, p { margin: 1mm 0 }
dl { display: grid; grid-template-columns: 1fr 1fr 1fr }
.both { display: flex; gap: 7mm } .both > table { width: 80mm; border-collapse: collapse }
td, th { border-bottom: .25pt solid #ccc; padding: .8mm 1.4mm; font-weight: normal }
img { width: 23mm }
"""


def main() -> None:
    """Set pages."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    folder, _, _, count, warm_up = _clock.asked()
    fonts = FontConfiguration()
    style = CSS(string=_STYLE % (folder / "font.txt").read_text("utf-8"), font_config=fonts)
    pages = json.loads((folder / "transcripts.json").read_text("utf-8"))

    def some(amount: int) -> None:
        for number in range(amount):
            document = HTML(string=_html(pages[number % len(pages)]))
            document.write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/a-3a")

    _clock.timed(lambda: some(warm_up), lambda: some(count), count, "")


def _html(page: dict[str, Any]) -> str:
    facts = {
        "氏名": page["name"]["full"],
        "学籍番号": page["student_number"],
        "生年月日": page["birth"]["ja"],
        "学位": page["achievement"]["ja"],
        "授与年月日": page["awarded"]["ja"],
    }
    told = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    results = page["results"]
    half = (len(results) + 1) // 2
    code = base64.b64encode(page["qr"].encode()).decode()
    return (
        f'<html lang="ja"><head><title>{escape(page["document_title"])}</title></head><body>'
        f"<h1>{escape(page['title']['ja'])}</h1><dl>{told}</dl>"
        f'<div class="both">{_table(results[:half])}{_table(results[half:])}</div>'
        f"<p>修得単位数 {escape(page['credits'])}</p><p>上記のとおり相違ないことを証明する。</p>"
        f"<p>{escape(page['issued']['ja'])}</p><p>{escape(page['institution']['ja'])}</p>"
        f'<img alt="QR" src="data:image/svg+xml;base64,{code}"><p>{escape(page["link"])}</p></body></html>'
    )


def _table(results: list[dict[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one['name'])}</td><td>{one['credits']}</td><td>{one['value']}</td>"
        f"<td>{escape(one['term'])}</td></tr>"
        for one in results
    )
    head = "".join(f"<th>{name}</th>" for name in ("科目", "単位", "評価", "履修時期"))
    return f"<table><thead><tr>{head}</tr></thead>{rows}</table>"


if __name__ == "__main__":
    main()
