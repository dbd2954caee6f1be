# SPDX-License-Identifier: Apache-2.0
"""The words for problems of page templates, in both languages: what is wrong, how to mend it."""

from __future__ import annotations

ENGLISH: dict[str, tuple[str, str]] = {
    # what was sent
    "template.none": ("No file was sent.", "Choose .typ files, or a ZIP of them."),
    "template.zip": (
        "The ZIP cannot be opened ({got}).",
        "Make it again; the explorer of Windows or the Finder of macOS will do.",
    ),
    "template.damaged": ("The file is damaged in the ZIP.", "Make the ZIP again."),
    "template.outside": (
        "The name leads out of the ZIP's folder, or cannot be a file's name.",
        "Make the ZIP again from the files themselves.",
    ),
    "template.folder": (
        "The file lies in a folder. All templates lie side by side.",
        "Move it beside the others, and name it there in import and image.",
    ),
    "template.link": ("This is a link, not a file.", "Put the file itself into the ZIP."),
    "template.locked": ("The file is encrypted.", "Make a ZIP without a password."),
    "template.other": (
        "This is neither a template (.typ) nor a drawing (.svg).",
        "Leave it out. Turn pictures into SVG; fonts are those of the built-in templates.",
    ),
    "template.twice": ("There are two files of this name.", "Send it once."),
    "template.count": ("There are {got} files; {expected} are taken.", "Send only what you changed."),
    "template.total": (
        "The files are too large ({got} bytes together; at most {expected}).",
        "Simplify the drawings, or send only what you changed.",
    ),
    "template.same": (
        "All files are those of the built-in templates.",
        "Change what you like, and send that.",
    ),
    # a file
    "template.name": (
        "This is no name of a template.",
        "Use Latin letters, digits, - and _, with .typ or .svg; report.typ is not the institution's.",
    ),
    "template.encoding": ("The file is not UTF-8.", "Save it as UTF-8."),
    "template.drawing": (
        "The drawing cannot be used. {got}",
        "Save it as plain SVG, without scripts and links.",
    ),
    "template.import": (
        "“{got}” names no file of the set.",
        'Name one right after it: import "common.typ": *. Packages, folders and addresses are out of reach.',
    ),
    "template.no-file": ("There is no {got}.", "Send that file too, or correct its name."),
    "template.runs": (
        "“{got}” is not for templates.",
        "Write the words out. In a comment it does no harm.",
    ),
    # a page
    "template.set": ("typst says: {got}.", "Change this place. {hint}"),
    "template.glyph": (
        "The font of these words cannot write {got}.",
        "Use the font serif or sans of base.typ here, or another character.",
    ),
    "template.stopped": (
        "The pages could not be set: {got}.",
        "Look for loops without an end, and for very large drawings.",
    ),
    "template.page-size": (
        "The document has {got} bytes; at most {expected} are kept for each award.",
        "Simplify the drawings.",
    ),
    "template.unreadable": (
        "The page cannot be read again ({got}).",
        "Begin again with the built-in template.",
    ),
    "template.lacks": (
        "The document lacks {got}, which PDF/A-3a or PDF/UA-1 demands.",
        "Let the page pass through document-page of common.typ.",
    ),
    "template.orientation": (
        "The page is {got}, but {expected} is chosen for this document.",
        "Draw it for both with flipped: lying(false), or choose otherwise under Wording and look.",
    ),
    "template.keywords": (
        "The document does not name its template in its keywords.",
        "Let the page pass through document-page of common.typ: #show: document-page.with(…).",
    ),
    "template.attachment": (
        "The document does not carry the credential.",
        "Let the page pass through document-page of common.typ: #show: document-page.with(…).",
    ),
    "template.address": (
        "The page does not print the verification address ({got}).",
        "Put verification() or verification-below() of common.typ on it.",
    ),
    "template.code": (
        "The page does not print the verification code ({got}).",
        "Put verification() or verification-below() of common.typ on it.",
    ),
    "template.says": (
        "The page does not print {got} as the credential says it.",
        "Print it whole, in ink on paper, by itself in a block or cell, and nothing over it.",
    ),
}

JAPANESE: dict[str, tuple[str, str]] = {
    "template.none": (
        "ファイルが送られていません。",
        ".typのファイルか、それらをまとめたZIPを選んでください。",
    ),
    "template.zip": (
        "ZIPを開けませんでした。詳細（英語）：{got}",
        "WindowsのエクスプローラーやmacOSのFinderで作り直してください。",
    ),
    "template.damaged": ("ZIPの中のこのファイルは壊れています。", "ZIPを作り直してください。"),
    "template.outside": (
        "ファイル名がZIPのフォルダーの外を指しているか、ファイル名として使えません。",
        "元のファイルからZIPを作り直してください。",
    ),
    "template.folder": (
        "ファイルがフォルダーの中にあります。様式のファイルはすべて並べて置きます。",
        "ほかのファイルと同じところに移し、importやimageの中の名前も直してください。",
    ),
    "template.link": ("ファイルではなくリンクです。", "ファイルそのものをZIPに入れてください。"),
    "template.locked": ("ファイルが暗号化されています。", "パスワードのないZIPにしてください。"),
    "template.other": (
        "様式（.typ）でも図（.svg）でもありません。",
        "このファイルは除いてください。画像はSVGにします。書体は、標準の様式と同じものだけが使えます。",
    ),
    "template.twice": ("同じ名前のファイルが二つあります。", "一つだけ送ってください。"),
    "template.count": (
        "ファイルが{got}個あります（使えるのは{expected}個です）。",
        "変えたものだけを送ってください。",
    ),
    "template.total": (
        "ファイルが大きすぎます（合わせて{got}バイト、上限は{expected}バイト）。",
        "図を簡単にするか、変えたものだけを送ってください。",
    ),
    "template.same": ("すべて標準の様式と同じファイルです。", "変えたいところを変えてから送ってください。"),
    "template.name": (
        "様式のファイル名として使えません。",
        "英数字とハイフン、下線に.typか.svgを付けた名前にしてください。report.typは大学の様式ではありません。",
    ),
    "template.encoding": ("ファイルがUTF-8ではありません。", "UTF-8で保存してください。"),
    "template.drawing": (
        "この図は使えません。詳細（英語）：{got}",
        "スクリプトやリンクのない、プレーンなSVGで保存してください。",
    ),
    "template.import": (
        "「{got}」の後に、一式の中のファイルの名前がありません。",
        'import "common.typ": * のように、すぐ後に名前を書いてください。パッケージやアドレスは使えません。',
    ),
    "template.no-file": ("{got}がありません。", "そのファイルも送るか、名前を直してください。"),
    "template.runs": (
        "「{got}」は様式では使えません。",
        "文字で直接書いてください。コメントの中なら差し支えありません。",
    ),
    "template.set": ("typstのエラー：{got}。", "この箇所を直してください。{hint}"),
    "template.glyph": (
        "この箇所の書体には{got}の字がありません。",
        "base.typのserifかsansの書体を使うか、別の文字にしてください。",
    ),
    "template.stopped": (
        "ページを組むことができませんでした。詳細（英語）：{got}",
        "終わらない繰り返しや、大きすぎる図がないかを見てください。",
    ),
    "template.page-size": (
        "文書が{got}バイトになります（授与ごとに保存できるのは{expected}バイトまで）。",
        "図を簡単にしてください。",
    ),
    "template.unreadable": (
        "組んだページを読み直せませんでした。詳細（英語）：{got}",
        "標準の様式から作り直してください。",
    ),
    "template.lacks": (
        "PDF/A-3aかPDF/UA-1が求める{got}がありません。",
        "common.typのdocument-pageを通してページを組んでください。",
    ),
    "template.orientation": (
        "ページの向きは{got}ですが、この書類には{expected}が選ばれています。",
        "flipped: lying(false)で両方の向きに対応させるか、「文面と体裁」で選び直してください。",
    ),
    "template.keywords": (
        "文書のキーワードに様式の名前がありません。",
        "common.typのdocument-pageを通してください：#show: document-page.with(…)。",
    ),
    "template.attachment": (
        "文書に証明書のデータが添付されていません。",
        "common.typのdocument-pageを通してください：#show: document-page.with(…)。",
    ),
    "template.address": (
        "検証ページのアドレス（{got}）が印字されていません。",
        "common.typのverification()かverification-below()を置いてください。",
    ),
    "template.code": (
        "確認番号（{got}）が印字されていません。",
        "common.typのverification()かverification-below()を置いてください。",
    ),
    "template.says": (
        "{got}が、証明書のデータのとおりに印字されていません。",
        "略さずに、見える色で、一つのブロックかセルに単独で置き、上に何も重ねないでください。",
    ),
}
