# SPDX-License-Identifier: Apache-2.0
"""What the checks of signed PDFs say, in Japanese."""

SENTENCES = {
    "pdf.readable.valid": "PDF をすべて読み取りました。",
    "pdf.readable.invalid": "PDF を確実に読み取ることができません（{reason}）。",
    "pdf.readable.unknown": "PDF を確実に読み取れるかどうか分かりませんでした。",
    "pdf.clean-start-and-end.valid": "ファイルの前後に余分なものはありません。",
    "pdf.clean-start-and-end.invalid": "PDF の前または後ろに余分なものが加えられています。",
    "pdf.clean-start-and-end.unknown": "PDF の始まりと終わりが分かりませんでした。",
    "pdf.certified.valid": "PDF は変更を許さない署名で閉じられています。",
    "pdf.certified.invalid": "PDF は変更を許さない一つの署名で閉じられていません。",
    "pdf.certified.invalid.unsigned": "PDF に署名がありません。誰でも作れるファイルです。",
    "pdf.certified.unknown": "PDF に署名はありますが、変更できないようには閉じられていません。",
    "pdf.certified.unknown.unreadable-signature": "PDF の署名は、ここでは確認できない形式です。",
    "pdf.byte-range.valid": "署名はファイルの最初から最後までを対象にしています。",
    "pdf.byte-range.invalid": "署名の対象から外れた部分があり、そこに別の内容を隠すことができます。",
    "pdf.byte-range.unknown": "署名の対象範囲が分かりませんでした。",
    "pdf.coverage.valid": "署名の後に加えられたものはありません。",
    "pdf.coverage.valid.lasting": (
        "署名の後に加えられたのは、タイムスタンプと、署名を後から確かめるための記録だけです。"
    ),
    "pdf.coverage.valid.signed-again": "最初の署名の後に加えられたのは、別の署名だけです。",
    "pdf.coverage.invalid": "署名の後に、何かが加えられたか変更されています（{got}）。",
    "pdf.coverage.invalid.nothing-signed": "署名の対象になっている部分がありません。",
    "pdf.coverage.unknown": "署名の後に加えられたものがあるかどうか分かりませんでした。",
    "pdf.coverage.unknown.changed-between-signatures": (
        "署名と署名の間に PDF が変更されています。全体を対象にしているのは最後の署名だけです。"
    ),
    "pdf.signature.valid": "PDF は署名されたときのままで、変更されていません。",
    "pdf.signature.invalid": "PDF が署名されたものと違います。変更されたか、署名が本物ではありません。",
    "pdf.signature.invalid.weak-algorithm": (
        "署名の方式（{got}）は弱く、もはや証拠になりません（必要な方式：{expected}）。"
    ),
    "pdf.signature.invalid.names-another-certificate": (
        "署名は、添えられている電子証明書とは別の電子証明書のために作られたものです。"
    ),
    "pdf.signature.invalid.certificate-not-named": (
        "署名に、どの電子証明書のためのものかが書かれていません（PAdES の必須項目です）。"
    ),
    "pdf.signature.unknown": "PDF の署名を確認できませんでした。",
    "pdf.signature.unknown.weak-algorithm": (
        "署名の方式（{got}）は弱く、もはや証拠になりません（必要な方式：{expected}）。"
    ),
    "pdf.signature.unknown.unknown-algorithm": "署名は、ここでは確認できない方式（{got}）によるものです。",
    "pdf.active-content.valid": "PDF に、動作したり外部と通信したりするものは含まれていません。",
    "pdf.active-content.invalid": "PDF に、動作したり外部と通信したりするものが含まれています（{got}）。",
    "pdf.active-content.unknown": "PDF に動作するものが含まれているかどうか分かりませんでした。",
    "pdf.active-content.unknown.there": (
        "PDF に、動作するもの、通信するもの、または記入できる欄が含まれています（{got}）。"
    ),
    "pdf.time.valid": "署名の時刻に矛盾はありません。",
    "pdf.time.valid.proven": (
        "{got}までに署名されました。ここで信頼されている時刻認証局「{authority}」がその時刻を証明しています。"
    ),
    "pdf.time.valid.stated": (
        "時刻認証局「{authority}」によれば、{got}までに署名されました。この認証局を保証するものはここにはありません。"
    ),
    "pdf.time.valid.stated-expired": (
        "時刻認証局「{authority}」によれば、{got}までに署名されました。"
        "その電子証明書は、タイムスタンプが更新されないまま期限が切れています。"
    ),
    "pdf.time.valid.stated-revoked": (
        "時刻認証局「{authority}」によれば、{got}までに署名されました。その電子証明書は失効しています。"
    ),
    "pdf.time.valid.claimed": (
        "署名者によれば、{got}に署名されました。この時刻を証明した時刻認証局はありません。"
    ),
    "pdf.time.invalid": "PDF のタイムスタンプが本物ではありません（{said}）。",
    "pdf.time.unknown": "PDF がいつ署名されたか分かりませんでした。",
    "pdf.time.unknown.none": "PDF に、いつ署名されたかが書かれていません。",
    "pdf.time.unknown.weak": "タイムスタンプの方式（{said}）は弱く、もはや証拠になりません。",
    "pdf.time.unknown.broken": "PDF のタイムスタンプが本物ではありません（{said}）。",
    "pdf.archive.valid": (
        "ここで信頼されている時刻認証局「{authority}」が、{got}に文書全体に最後のタイムスタンプを付けました。"
        "{expected}までに新しいものを付ける必要があります。"
    ),
    "pdf.archive.valid.stated": (
        "時刻認証局「{authority}」が、{got}に文書全体に最後のタイムスタンプを付けました。"
        "この認証局を保証するものはここにはありません。{expected}までに新しいものを付ける必要があります。"
    ),
    "pdf.archive.valid.expired": (
        "文書全体の最後のタイムスタンプは、時刻認証局「{authority}」が{got}に付けたものです。"
        "その電子証明書は、新しいタイムスタンプが付けられないまま{expected}に期限が切れました。"
    ),
    "pdf.archive.valid.revoked": (
        "文書全体の最後のタイムスタンプは、時刻認証局「{authority}」が{got}に付けたものです。"
        "その電子証明書（期限は{expected}）は失効しています。"
    ),
    "pdf.archive.invalid": "文書全体に付けられたタイムスタンプが本物ではありません（{said}）。",
    "pdf.archive.unknown": "文書全体に付けられたタイムスタンプが本物かどうか分かりませんでした。",
    "pdf.archive.unknown.weak": "タイムスタンプの方式（{said}）は弱く、もはや証拠になりません。",
    "pdf.archive.unknown.broken": "文書全体に付けられたタイムスタンプが本物ではありません（{said}）。",
    "pdf.signer-key.valid": "PDF に署名した鍵は発行者が公開しているものです。",
    "pdf.signer-key.valid.anchored": (
        "ここで信頼されている認証局が、PDF に署名したのは {signer} であると証明しています。"
    ),
    "pdf.signer-key.invalid": "PDF に署名した鍵は、発行者の鍵として受け入れられません。",
    "pdf.signer-key.invalid.certificate-expired-when-signed": (
        "PDF が署名されたとき、署名者の電子証明書は有効ではありませんでした。"
    ),
    "pdf.signer-key.invalid.signed-in-the-future": "PDF に書かれた署名の時刻が、まだ来ていません。",
    "pdf.signer-key.invalid.key-revoked": "PDF が署名される前に、発行者はこの鍵を取り下げていました。",
    "pdf.signer-key.unknown": "PDF に署名した鍵が発行者のものかどうか確かめられませんでした。",
    "pdf.signer-key.unknown.certificate-expired-since": (
        "署名者の電子証明書はその後期限が切れています。それより前に署名されたことを証明する、"
        "信頼できるタイムスタンプがありません。"
    ),
    "pdf.signer-key.unknown.key-revoked": (
        "発行者はこの鍵を取り下げています。それより前に署名されたことを証明する、"
        "信頼できるタイムスタンプがありません。"
    ),
    "pdf.signer-key.unknown.no-issuer": (
        "署名者が電子証明書のとおりの相手（{signer}）であることを、ここで保証するものはありません。"
    ),
    "pdf.signer-key.unknown.anchored-not-published": (
        "ここで信頼されている認証局は PDF に署名したのは {signer} であるとしていますが、"
        "発行者はこの鍵を公開していません。"
    ),
    "pdf.signer-key.unknown.other-name": (
        "ここで信頼されている認証局は PDF に署名したのは {signer} であるとしていますが、"
        "証明書には別の発行者の名が書かれています。"
    ),
    "pdf.revocation.valid": "PDF が署名されたとき、署名者の電子証明書は失効していませんでした。",
    "pdf.revocation.valid.revoked-later": (
        "署名者の電子証明書は{got}に失効しましたが、PDF がそれより前に署名されたことを"
        "タイムスタンプが証明しています。"
    ),
    "pdf.revocation.invalid": "PDF が署名される前の{got}に、署名者の電子証明書は失効していました。",
    "pdf.revocation.unknown": (
        "PDF が署名されたときに署名者の電子証明書が失効していたかどうかは分かりません。"
    ),
    "pdf.revocation.unknown.revoked-since": (
        "署名者の電子証明書は{got}に失効しています。PDF がそれより前に署名されたことを証明する、"
        "信頼できるタイムスタンプがありません。"
    ),
    "pdf.foreign.valid": "PDF は、ほかで作られた文書です。",
    "pdf.foreign.invalid": "PDF は、ほかで作られた文書です。",
    "pdf.foreign.unknown": (
        "電子証明書によれば、PDF は「{signer}」が署名したものです。確認できる証明書は添付されていません。"
    ),
    "pdf.foreign.unknown.locked": (
        "電子証明書によれば、PDF は「{signer}」が署名し、変更できないように閉じたものです。"
        "確認できる証明書は添付されていません。"
    ),
    "pdf.foreign.unknown.not-locked": (
        "電子証明書によれば、PDF は「{signer}」が署名したものですが、閉じられておらず、変更が許されています。"
        "確認できる証明書は添付されていません。"
    ),
    "pdf.matches-credential.valid": "紙面の記載は、署名された証明書の内容と一致しています。",
    "pdf.matches-credential.invalid": "紙面の記載が、中の証明書の内容（{expected}）と違います。",
    "pdf.matches-credential.unknown": "紙面の記載が証明書の内容と一致するかどうか分かりませんでした。",
    "pdf.carried.valid": "PDF には、紙面に示された証明書が添付されています。",
    "pdf.carried.valid.own": (
        "PDF には証明書が添付されています。紙面は発行機関が作成したものです。両方を目で見比べてください。"
    ),
    "pdf.carried.invalid": "PDF に添付された証明書が互いに食い違っています。",
    "pdf.carried.unknown": "PDF に証明書が添付されていないため、内容を確認できませんでした。",
}
