# SPDX-License-Identifier: Apache-2.0
"""Known reasons, in Japanese and English: whole sentences, to stand after that of their check."""

from __future__ import annotations

from collections.abc import Mapping

PATTERNS: tuple[tuple[str, str, str, str], ...] = (
    # beginning of the check's code, what is said there, Japanese, English
    ("pdf.readable", r"encrypted", "暗号化されています。", "It is encrypted."),
    (
        "pdf.readable",
        r"hybrid-xref",
        "ソフトによって見え方が変わりうる構造（ハイブリッド参照）です。",
        "It has hybrid references, so programs may show it differently.",
    ),
    (
        "pdf.readable",
        r"the document does not begin at the first byte",
        "文書がファイルの先頭から始まっていません。",
        "The document does not begin at the first byte of the file.",
    ),
    (
        "pdf.readable",
        r"the end of the document is missing",
        "文書の終わりがありません。途中で切れている可能性があります。",
        "The end of the document is missing; the file may be cut off.",
    ),
    (
        "pdf.readable",
        r"more than ([0-9]+) signatures",
        r"署名の数が、調べられる数（\1個）を超えています。",
        r"It has more signatures than are looked at (\1).",
    ),
    (
        "pdf.readable",
        r"damaged: .*",
        "ファイルの構造が壊れています。",
        "The structure of the file is damaged.",
    ),
    (
        "pdf.readable",
        r"A file inside the PDF is another one for each program\.",
        "ソフトによって別の内容になる添付ファイルが入っています。",
        "A file inside it is another one in each program.",
    ),
    (
        "pdf.coverage",
        r"object with two entries|object stream with two objects of one number|cross-reference",
        "ソフトによって別の内容が表示されうる部分が、署名の後に加えられています。",
        "What was added can be read in two ways, so programs may show different pages.",
    ),
    (
        "pdf.coverage",
        r"object.*",
        "文書を作る部品が、加えられたか、変えられたか、除かれています。",
        "Parts of the document were added, changed or removed.",
    ),
    (
        "pdf.coverage",
        r"revision|trailer",
        "文書の管理情報が、署名の後に変わっています。",
        "The structure of the document changed after signing.",
    ),
    (
        "pdf.coverage",
        r"line ends",
        "署名の後に、空行が加えられています。",
        "Empty lines were added after signing.",
    ),
    (
        "pdf.coverage",
        r"an update of nothing",
        "内容のない更新が加えられています。",
        "An empty update was added.",
    ),
    (
        "pdf.",
        r"it is older than what it covers",
        "タイムスタンプの時刻が、その対象より前になっています。",
        "It is older than what it covers.",
    ),
    (
        "pdf.",
        r"it was made of something else|the token is for another digest|its signature is of something else",
        "別のものに対して付けられたタイムスタンプです。",
        "It was made of something else.",
    ),
    (
        "pdf.",
        r"its content was changed",
        "タイムスタンプの内容が変更されています。",
        "Its content was changed.",
    ),
    (
        "pdf.",
        r"its signature does not fit",
        "タイムスタンプの署名が正しくありません。",
        "Its signature does not fit.",
    ),
    (
        "pdf.",
        r"it does not say what it covers",
        "何に対するタイムスタンプかが書かれていません。",
        "It does not say what it covers.",
    ),
    ("pdf.", r"it is not signed", "タイムスタンプに署名がありません。", "It is not signed."),
    (
        "pdf.",
        r"its certificate was not valid at its time",
        "タイムスタンプの時刻には、時刻認証局の電子証明書が有効ではありませんでした。",
        "The authority's certificate was not valid at that time.",
    ),
    (
        "pdf.",
        r"its certificate is not for time-stamping(?: alone)?",
        "タイムスタンプ用の電子証明書で署名されていません。",
        "It is not signed with a certificate for time-stamps alone.",
    ),
    (
        "pdf.",
        r"the certificate of its signer is not in it|it (?:does not name its|names another) certificate",
        "タイムスタンプに署名した電子証明書を特定できません。",
        "Which certificate signed it cannot be told.",
    ),
    (
        "pdf.",
        r"it is signed in a way that is not known here|it is signed over the digest .*",
        "タイムスタンプの署名の方式が、ここでは確認できないものです。",
        "It is signed in a way that is not known here.",
    ),
    (
        "pdf.",
        r"it cannot be read \(.*|it is no time-stamp, or has not one signer",
        "タイムスタンプとして読み取れません。",
        "It cannot be read as a time-stamp.",
    ),
    (
        "proof.header",
        r"alg (.+)",
        r"受け入れられない署名方式（\1）が指定されています。",
        r"It names a method of signing that is not accepted: \1.",
    ),
    (
        "proof.header",
        r"no (\w+)",
        r"必要な項目「\1」がありません。",
        r"It lacks the member “\1”.",
    ),
    (
        "proof.header",
        r"(typ|cty|content type) (.+)",
        r"種類（\1）が「\2」となっています。",
        r"It says that it is of another kind (\1): \2.",
    ),
    (
        "proof.header",
        r"kid",
        "鍵の名前（kid）が正しくありません。",
        "The name of the key (kid) is not as it must be.",
    ),
    (
        "proof.header",
        r"(?:unprotected )?header (?:member )?(\S+)(?: twice)?",
        r"認められない項目「\1」があります。",
        r"It has a member that is not allowed there: \1.",
    ),
    (
        "proof.header",
        r"CWT claims",
        "項目の書き方が正しくありません。",
        "Its claims are not as they must be.",
    ),
    (
        "proof.claims",
        r"([\w, ]+)",
        r"食い違っている項目：\1。",
        r"These differ: \1.",
    ),
    (
        "format.readable",
        r"The credential cannot be read: (\S{1,80}) is .*",
        r"項目「\1」の書き方が正しくありません。",
        r"Its member “\1” is not as it must be.",
    ),
    (
        "format.recognized",
        r"(https?://.+)",
        r"読み取れたコードの内容は「\1」です。",
        r"What its code says is “\1”.",
    ),
    (
        "carried.checked",
        r"More than ([0-9]+) credentials inside, or ([0-9]+) levels of them\.",
        r"証明書は\1件、入れ子は\2段まで確認できます。",
        r"At most \1 credentials, \2 levels deep, are checked.",
    ),
)

CODES: Mapping[str, tuple[str, str]] = {
    "limit": (
        "大きすぎるか、多すぎるか、入れ子が深すぎます。",
        "It is too large, too much, or nested too deep.",
    ),
    "unreadable": ("形が正しくないか、途中で切れています。", "It is malformed or cut off."),
    "input": ("書き方が正しくありません。", "It is malformed."),
    "too-complex": (
        "構造が複雑すぎて、決められた手間の範囲では調べられません。",
        "It is too complex to be checked.",
    ),
    "undefined-term": (
        "意味の定まっていない項目が含まれています。",
        "It has a member that nothing defines.",
    ),
    "jws": ("署名付きトークン（JWS）として読み取れません。", "It is no signed token (JWS)."),
    "sd-jwt": ("SD-JWTの決まりに合っていません。", "It breaks the rules of SD-JWT."),
    "cose": ("署名付きメッセージ（COSE）として読み取れません。", "It is no signed message (COSE)."),
    "paper-code": (
        "署名付きコードが途中までか、書き換えられています。",
        "The signed code is cut off, or was altered.",
    ),
    "image": ("画像ファイルが壊れています。", "The image file is broken."),
    "image-active": (
        "絵のほかに、動くものや外部への参照が含まれています。",
        "It holds more than a picture: parts that run, or references to the outside.",
    ),
    "image.ambiguous": ("証明書が二つ以上入っています。", "It holds more than one credential."),
    "image.no-credential": ("証明書が入っていません。", "It holds no credential."),
    "credential-member": (
        "書き方の正しくない項目があります。",
        "One of its members is malformed.",
    ),
    "credential-rules": ("規格の定めに反しています。", "It breaks rules of its standard."),
    "status-entry": (
        "証明書の状態欄の書き方が規格に合っていません。",
        "The entry of its status is malformed.",
    ),
    "pdf.unreadable": ("PDFとして読み取れません。", "It cannot be read as a PDF."),
    "pdf.no-credential": ("PDFの中に証明書のデータがありません。", "The PDF carries no credential."),
    "key": ("鍵を読み取れません。", "The key cannot be read."),
    "weak-key": ("鍵の強度が足りないか、形が正しくありません。", "The key is too weak or malformed."),
    "method": (
        "公開されている鍵の書き方が正しくありません。",
        "What is published of the key is malformed.",
    ),
    "method-id": ("鍵の名前の書き方が正しくありません。", "The name of the key is malformed."),
    "malformed": ("鍵の名前の書き方が正しくありません。", "The name of the key is malformed."),
    "other-method": (
        "公開されているのは別の名前の鍵です。",
        "The key is published under another name.",
    ),
    "did": (
        "発行者の識別子（DID）が正しくないか、公開されている文書に誤りがあります。",
        "The issuer's identifier (DID), or the document published under it, is malformed.",
    ),
    "did-method": (
        "対応していない種類の識別子（DID）です。",
        "The identifier (DID) is of a kind not known here.",
    ),
    "gone": ("公開されていた鍵は取り下げられています。", "The key that was published has been taken down."),
    "redirected": ("鍵のある所が、別の所へ移されています。", "The address of the key leads elsewhere."),
    "forbidden-address": (
        "問い合わせてはいけないアドレスです。",
        "It lies at an address that must not be asked.",
    ),
}
"""By the code of the error, or of the reason."""

PURPOSES: Mapping[str, tuple[str, str]] = {
    "assertionMethod": ("証明書の発行", "issuing credentials"),
    "authentication": ("本人であることの証明", "proving to be the holder"),
    "keyAgreement": ("暗号化", "encryption"),
    "capabilityInvocation": ("権限の行使", "using a permission"),
    "capabilityDelegation": ("権限の委任", "passing on a permission"),
}
"""What a signature is for (Controlled Identifiers 1.0, section 2.3)."""

PARTS: Mapping[str, tuple[str, str]] = {
    "javascript": ("プログラム（JavaScript）", "a program (JavaScript)"),
    "open-action": ("開いたときの動作", "an action on opening"),
    "additional-actions": ("操作に応じた動作", "actions"),
    "xfa": ("XFAフォーム", "an XFA form"),
    "form-fields": ("記入欄", "form fields"),
    "launch": ("ほかのプログラムの起動", "launching of programs"),
    "multimedia": ("音声・動画", "sound or video"),
    "optional-content": ("表示を切り替えられるレイヤー", "layers that can be hidden"),
    "external-content": ("外部のファイルの参照", "references to files outside"),
}
"""What can be found in a PDF, by the words of the code that looks for it."""
