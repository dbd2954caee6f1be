# SPDX-License-Identifier: Apache-2.0
"""What the checks of signed PDFs say, in Japanese."""

SENTENCES = {
    "pdf.readable.valid": "PDFをすべて読み取りました。",
    "pdf.readable.invalid": "PDFを確実に読み取ることができません。{why}",
    "pdf.readable.unknown": "PDFを確実に読み取れるかどうか分かりませんでした。",
    "pdf.clean-start-and-end.valid": "ファイルの前後に余分なものはありません。",
    "pdf.clean-start-and-end.invalid": "PDFの前または後ろに余分なものが加えられています。",
    "pdf.clean-start-and-end.unknown": "PDFの始まりと終わりが分かりませんでした。",
    "pdf.certified.valid": "PDFは変更を許さない署名で閉じられています。",
    "pdf.certified.invalid": "PDFは、変更を禁じる一つの署名で閉じられてはいません。",
    "pdf.certified.invalid.unsigned": "PDFに署名がありません。誰でも作れるファイルです。",
    "pdf.certified.unknown": "PDFに署名はありますが、変更できないようには閉じられていません。",
    "pdf.certified.unknown.unreadable-signature": "PDFの署名は、ここでは確認できない形式です。",
    "pdf.byte-range.valid": "署名はファイルの最初から最後までを対象にしています。",
    "pdf.byte-range.invalid": "署名の対象から外れた部分があり、そこに別の内容を隠すことができます。",
    "pdf.byte-range.unknown": "署名の対象範囲が分かりませんでした。",
    "pdf.coverage.valid": "署名の後に加えられたものはありません。",
    "pdf.coverage.valid.lasting": (
        "署名の後に加えられたのは、タイムスタンプと、署名を後から確かめるための記録だけです。"
    ),
    "pdf.coverage.valid.signed-again": "最初の署名の後に加えられたのは、別の署名だけです。",
    "pdf.coverage.invalid": "署名の後に、何かが加えられたか変更されています。{why}",
    "pdf.coverage.invalid.nothing-signed": "署名の対象になっている部分がありません。",
    "pdf.coverage.unknown": "署名の後に加えられたものがあるかどうか分かりませんでした。",
    "pdf.coverage.unknown.changed-between-signatures": (
        "署名と署名の間にPDFが変更されています。全体を対象にしているのは最後の署名だけです。"
    ),
    "pdf.signature.valid": "PDFは署名されたときのままで、変更されていません。",
    "pdf.signature.invalid": "PDFが署名されたものと違います。変更されたか、署名が正しくありません。",
    "pdf.signature.invalid.weak-algorithm": (
        "署名の方式（{got}）は弱く、もはや証拠になりません（必要な方式：{expected}）。"
    ),
    "pdf.signature.invalid.names-another-certificate": (
        "署名は、添えられた電子証明書とは別の電子証明書によるものとされています。"
    ),
    "pdf.signature.invalid.certificate-not-named": (
        "署名に、どの電子証明書のためのものかが書かれていません（PAdES の必須項目です）。"
    ),
    "pdf.signature.unknown": "PDFの署名を確認できませんでした。",
    "pdf.signature.unknown.weak-algorithm": (
        "署名の方式（{got}）は弱く、もはや証拠になりません（必要な方式：{expected}）。"
    ),
    "pdf.signature.unknown.unknown-algorithm": "署名は、ここでは確認できない方式（{got}）によるものです。",
    "pdf.active-content.valid": "PDFに、動作したり外部と通信したりするものは含まれていません。",
    "pdf.active-content.invalid": "PDFに、動作したり外部と通信したりするものが含まれています（{got}）。",
    "pdf.active-content.unknown": "PDFに動作するものが含まれているかどうか分かりませんでした。",
    "pdf.active-content.unknown.there": (
        "PDFに、動作するもの、通信するもの、または記入できる欄が含まれています（{got}）。"
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
    "pdf.time.invalid": "PDFのタイムスタンプが正しくありません。{why}",
    "pdf.time.unknown": "PDFがいつ署名されたか分かりませんでした。",
    "pdf.time.unknown.none": "PDFに、いつ署名されたかが書かれていません。",
    "pdf.time.unknown.weak": "タイムスタンプの方式（{said}）は弱く、もはや証拠になりません。",
    "pdf.time.unknown.broken": "PDFのタイムスタンプが正しくありません。{why}",
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
    "pdf.archive.invalid": "文書全体に付けられたタイムスタンプが正しくありません。{why}",
    "pdf.archive.unknown": "文書全体に付けられたタイムスタンプが正しいかどうか分かりませんでした。",
    "pdf.archive.unknown.weak": "タイムスタンプの方式（{said}）は弱く、もはや証拠になりません。",
    "pdf.archive.unknown.broken": "文書全体に付けられたタイムスタンプが正しくありません。{why}",
    "pdf.signer-key.valid": "PDFに署名した鍵は発行者が公開しているものです。",
    "pdf.signer-key.valid.anchored": (
        "ここで信頼されている認証局が、PDFに署名したのは{signer}であると証明しています。"
    ),
    "pdf.signer-key.invalid": "PDFに署名した鍵は、発行者の鍵として受け入れられません。",
    "pdf.signer-key.invalid.certificate-expired-when-signed": (
        "PDFが署名されたとき、署名者の電子証明書は有効ではありませんでした。"
    ),
    "pdf.signer-key.invalid.signed-in-the-future": "PDFに書かれた署名の時刻が、まだ来ていません。",
    "pdf.signer-key.invalid.key-revoked": "PDFが署名される前に、発行者はこの鍵を無効にしていました。",
    "pdf.signer-key.unknown": "PDFに署名した鍵が発行者のものかどうか確かめられませんでした。",
    "pdf.signer-key.unknown.certificate-expired-since": (
        "署名者の電子証明書はその後期限が切れています。それより前に署名されたことを証明する、"
        "信頼できるタイムスタンプがありません。"
    ),
    "pdf.signer-key.unknown.key-revoked": (
        "発行者はこの鍵を無効にしています。それより前に署名されたことを証明する、"
        "信頼できるタイムスタンプがありません。"
    ),
    "pdf.signer-key.unknown.no-issuer": (
        "署名者が電子証明書のとおりの相手（{signer}）であることを、ここで保証するものはありません。"
    ),
    "pdf.signer-key.unknown.anchored-not-published": (
        "ここで信頼されている認証局は、PDFに署名したのは{signer}であるとしていますが、"
        "発行者はこの鍵を公開していません。"
    ),
    "pdf.signer-key.unknown.other-name": (
        "ここで信頼されている認証局は、PDFに署名したのは{signer}であるとしていますが、"
        "添付された証明書のデータには別の発行者の名が書かれています。"
    ),
    "pdf.revocation.valid": "PDFが署名されたとき、署名者の電子証明書は失効していませんでした。",
    "pdf.revocation.valid.revoked-later": (
        "署名者の電子証明書は{got}に失効しましたが、PDFがそれより前に署名されたことを"
        "タイムスタンプが証明しています。"
    ),
    "pdf.revocation.invalid": "PDFが署名される前の{got}に、署名者の電子証明書は失効していました。",
    "pdf.revocation.unknown": (
        "PDFが署名されたときに署名者の電子証明書が失効していたかどうかは分かりません。"
    ),
    "pdf.revocation.unknown.revoked-since": (
        "署名者の電子証明書は{got}に失効しています。PDFがそれより前に署名されたことを証明する、"
        "信頼できるタイムスタンプがありません。"
    ),
    "pdf.foreign.valid": "PDFは、ほかで作られた文書です。",
    "pdf.foreign.invalid": "PDFは、ほかで作られた文書です。",
    "pdf.foreign.unknown": (
        "電子証明書によれば、PDFは「{signer}」が署名したものです。確認できる証明書のデータは添付されていません。"
    ),
    "pdf.foreign.unknown.locked": (
        "電子証明書によれば、PDFは「{signer}」が署名し、変更できないように閉じたものです。"
        "確認できる証明書のデータは添付されていません。"
    ),
    "pdf.foreign.unknown.not-locked": (
        "電子証明書によれば、PDFは「{signer}」が署名したものですが、閉じられておらず、変更が許されています。"
        "確認できる証明書のデータは添付されていません。"
    ),
    "pdf.matches-credential.valid": (
        "紙面の記載は、署名された証明書のデータと一致しています。そのほかに紙面にあるもの（画像など）は照合していません。"
    ),
    "pdf.matches-credential.unknown.annotations": (
        "紙面の記載は署名された証明書のデータと一致していますが、照合できない注釈やスタンプが紙面に表示されます。"
    ),
    "pdf.matches-credential.unknown.cut-otherwise": (
        "照合した範囲とは別の範囲を表示または印刷するよう、PDFの中で指定されています。"
    ),
    "pdf.matches-credential.invalid": "紙面の記載が、添付された証明書のデータ（{expected}）と違います。",
    "pdf.matches-credential.unknown": "紙面の記載が証明書のデータと一致するかどうか分かりませんでした。",
    "pdf.carried.valid": "PDFには、紙面と同じ証明書のデータが添付されています。",
    "pdf.carried.valid.own": (
        "PDFには証明書のデータが添付されています。紙面は発行機関が作成したものです。両方を目で見比べてください。"
    ),
    "pdf.carried.invalid": "PDFに添付された証明書のデータが互いに食い違っています。",
    "pdf.carried.unknown": "PDFに証明書のデータが添付されていないため、内容を確認できませんでした。",
}
