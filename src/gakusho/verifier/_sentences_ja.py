# SPDX-License-Identifier: Apache-2.0
"""What each check says, in Japanese, by the same keys as in English."""

from __future__ import annotations

from gakusho.verifier import _sentences_pdf_ja

SENTENCES = {
    "format.recognized.valid": "確認できる形式のファイルです（{got}）。",
    "format.recognized.invalid": "ファイルを開くことができません。{why}",
    "format.recognized.unknown": "対応していない種類のファイルのため、真偽については何も申し上げられません。",
    "format.recognized.unknown.image.no-credential": "この画像に証明書は埋め込まれていません。",
    "image.credential.valid": "画像に埋め込まれた証明書を取り出しました。画像そのものは証明になりません。",
    "image.credential.invalid": "画像から証明書を取り出せませんでした。",
    "image.credential.unknown": "画像に証明書が含まれているかどうか分かりませんでした。",
    "format.recognized.unknown.picture": (
        "画像を開けないか、ここで調べられる大きさを超えています。小さめのPNGかJPEGを選んでください。"
    ),
    "format.recognized.unknown.picture-no-credential": (
        "この画像から署名付きコードを読み取れませんでした。{why}真上から、明るい場所で、コードが"
        "画面の半分ほどになるように撮り直してください。"
    ),
    "format.recognized.invalid.picture-several": (
        "画像に署名付きコードが{got}個写っています。1枚ずつ示してください。"
    ),
    "picture.code.valid": (
        "画像から署名付きコードを読み取りました。証明されるのはコードの内容だけで、画像のほかの部分は"
        "証明されません。"
    ),
    "picture.code.invalid": "画像からコードを読み取れませんでした。",
    "picture.code.unknown": "画像に署名付きコードがあるかどうか分かりませんでした。",
    "paper.compare.valid": (
        "コードは別の紙にも写せます。ここに示す氏名・生年月日・発行番号が、紙の記載とご本人に一致する"
        "か見比べてください。"
    ),
    "paper.compare.invalid": (
        "コードは別の紙にも写せます。ここに示す氏名・生年月日・発行番号が、紙の記載とご本人に一致する"
        "か見比べてください。"
    ),
    "paper.compare.unknown": (
        "コードは別の紙にも写せます。ここに示す氏名・生年月日・発行番号が、紙の記載とご本人に一致する"
        "か見比べてください。"
    ),
    "paper.results-left-out.valid": (
        "コードに収まらなかった成績が{got}件あります。紙に印刷された成績は、このコードでは証明されません。"
    ),
    "paper.results-left-out.invalid": (
        "コードに収まらなかった成績が{got}件あります。紙に印刷された成績は、このコードでは証明されません。"
    ),
    "paper.results-left-out.unknown": (
        "コードに収まらなかった成績が{got}件あります。紙に印刷された成績は、このコードでは証明されません。"
    ),
    "format.readable.valid": "内容をすべて読み取りました。",
    "format.readable.invalid": "内容を正しく読み取れません。{why}",
    "format.readable.invalid.pdf.unsigned": "署名がないため、PDFの中の証明書は調べていません。",
    "format.readable.unknown": "読み取れる証明書がファイルの中にありません。",
    "format.rules.valid": "内容は規格の定めに従っています。",
    "format.rules.invalid": "内容が規格の定めに反しています。{why}",
    "format.rules.unknown": "規格の定めに従っているかどうか分かりませんでした。",
    "schema.shape.valid": "発行者の示す形式（スキーマ）に合っています：{got}。",
    "schema.shape.valid.rules": (
        "規格の規則に合っています（発行者の示すスキーマ {got} の代わりに、その規格の規則で確かめました）。"
    ),
    "schema.shape.invalid": "発行者の示す形式（スキーマ {got}）に合っていません。{why}",
    "schema.shape.unknown": "発行者の示す形式（スキーマ）に合うかどうかは分かりません：{got}。",
    "schema.shape.unknown.unknown-schema": "発行者の示す形式（スキーマ）を、ここでは知りません：{got}。",
    "schema.shape.unknown.kind": "発行者の示す形式（スキーマ）の種類を、ここでは扱えません：{expected}。",
    "schema.shape.unknown.limit": "発行者の示すスキーマが多すぎます。確かめるのは{expected}件までです。",
    "resource.digest.valid": "参照先は、発行者が意図したとおりの内容です：{got}。",
    "resource.digest.invalid": "参照先の内容が、発行者の意図したものと違います：{got}。",
    "resource.digest.invalid.no-digest": "{got} を参照していますが、その内容が正しく示されていません。",
    "resource.digest.unknown": "参照先の内容が発行者の意図したものかどうかは分かりません：{got}。",
    "resource.digest.unknown.unreachable": "参照先の内容を取り寄せられませんでした：{got}。",
    "format.checked.valid": "この形式に必要な確認を行いました。",
    "format.checked.invalid": "この形式の確認が途中で止まりました。{why}",
    "format.checked.unknown": "ファイルの中に確認できるものがありませんでした。",
    "proof.present.valid": "発行者の署名があります。",
    "proof.present.invalid": "署名がありません。誰でも作れるファイルです。",
    "proof.present.unknown": "署名の有無が分かりませんでした。",
    "proof.suite.valid": "確認できる方式で署名されています（{got}）。",
    "proof.suite.invalid": "署名の方式が正しく記されていません。",
    "proof.suite.unknown": "対応していない方式で署名されています（{got}）。",
    "proof.purpose.valid": "この用途のための署名です。",
    "proof.purpose.invalid": "別の用途のための署名です（「{expected}」であるべきところ「{got}」）。",
    "proof.purpose.invalid.challenge": "この機会のために求めた値（チャレンジ）に対する署名ではありません。",
    "proof.purpose.invalid.domain": "別の相手（{got}）に宛てた署名です。",
    "proof.purpose.unknown": "署名の用途が分かりませんでした。",
    "proof.created.valid": "署名の日時は、署名自身の記載では{got}です。",
    "proof.created.invalid": "署名の日時が正しくありません（{got}）。",
    "proof.created.invalid.future": "署名の日時が未来になっています（{got}）。",
    "proof.created.invalid.expired": "署名そのものの有効期限が{got}に切れています。",
    "proof.created.unknown": "署名の日時が分かりませんでした。",
    "proof.key.valid": "署名に使われた鍵は {controller} が公開しているものです。",
    "proof.key.invalid": "署名に使われた鍵は受け入れられません。{why}",
    "proof.key.invalid.no-such-key": "発行者はこの鍵を公開していません（{method}）。",
    "proof.key.invalid.relationship": "発行者が公開している鍵ですが、証明書の発行用ではありません。",
    "proof.key.invalid.revoked": "発行者は{expected}にこの鍵を無効にしています。",
    "proof.key.invalid.retired": "発行者がこの鍵の使用を終えた{expected}より後に署名されています。",
    "proof.key.invalid.weak-key": "鍵の強度が足りず、証明になりません。",
    "proof.key.invalid.algorithm": "鍵が署名の方式に合っていません。",
    "proof.key.invalid.controller": "別の者（{got}）の鍵です。",
    "proof.key.unknown": "発行者の鍵を取得できなかったため、署名を確認できませんでした。",
    "proof.key.unknown.did-method": "発行者の鍵は、対応していない方法で公開されています（{method}）。",
    "proof.key.unknown.revoked-later": (
        "発行者は{expected}にこの鍵を無効にしています。それより前の署名であることは証明されていません。"
    ),
    "proof.key.unknown.retired": (
        "発行者は{expected}にこの鍵の使用を終えています。それより前の署名であることは証明されていません。"
    ),
    "proof.key.unknown.key": "署名に使われた鍵は、対応していない種類のものです（{method}）。",
    "proof.chain.valid": "先に付けられた署名を裏付ける署名で、その署名もファイルの中にあります。",
    "proof.chain.invalid": "裏付けている先の署名が、ファイルの中に正しくありません（{got}）。",
    "proof.chain.invalid.order": "後に付けられた署名を裏付けていることになっています（{got}）。",
    "proof.chain.unknown": "ほかの署名を裏付けているかどうか分かりませんでした。",
    "proof.complete.valid": "ファイルの内容はすべて署名の対象になっています。",
    "proof.complete.invalid": "署名の対象になっていない内容があります（{got}、{path}）。",
    "proof.complete.invalid.too-complex": "確認に際限なく時間がかかるように作られた内容です。",
    "proof.complete.unknown": "すべての内容が署名の対象かどうか分かりませんでした。",
    "proof.signature.valid": "内容は署名されたときのままで、変更されていません。",
    "proof.signature.invalid": "内容が署名されたものと違います。変更されたか、別の鍵で署名されています。",
    "proof.signature.invalid.previous-proof": "この署名のもとになった先の署名がないか、順序が違います。",
    "proof.signature.unknown": "署名を確認できませんでした。",
    "proof.signature.unknown.base-proof": (
        "見せる内容を選ぶための、本人用の控えです。確認できるのは、ここから選んで作られたものだけです。"
    ),
    "proof.header.valid": "受け入れられる署名方式です（{got}）。",
    "proof.header.invalid": "トークンのヘッダーを受け入れられません。{why}",
    "proof.header.unknown": "トークンのヘッダーを判断できませんでした。",
    "proof.claims.valid": "トークンの記載に食い違いはありません。",
    "proof.claims.invalid": "トークンの記載が互いに食い違っています。{why}",
    "proof.claims.unknown": "トークンの記載が一致しているかどうか分かりませんでした。",
    "proof.disclosures.valid": (
        "示された部分はすべて署名されたものです（伏せることのできる部分のうち{got}件）。"
    ),
    "proof.disclosures.valid.derived": (
        "見せる部分は本人が選んでいます。見せられた部分はすべて署名されたもので、ほかにも内容があるかもしれません。"
    ),
    "proof.disclosures.invalid": "示された部分の中に、署名されていないものがあります。",
    "proof.disclosures.invalid.held-back": "有効かどうかを決める部分を、本人が伏せられます（{got}）。",
    "proof.disclosures.unknown": "示された部分がすべて署名されたものかどうか、確かめられませんでした。",
    "context.inline.valid": "公開された語彙にある語だけを使っています。",
    "context.inline.invalid": "公開された語彙とは別の意味で語を使っています。",
    "context.inline.unknown": (
        "一部の語の意味を、ファイル自身が決めています。渡した人がそれらの語を互いに入れ替えても、署名は合ったままです。"
    ),
    "name.issuer.valid": "発行者の名称は、通常どおりに書かれています。",
    "name.issuer.invalid": "発行者の名称は、別のものに見えるように書かれています（{got}）。",
    "name.issuer.unknown": "発行者の名称は、別のものと見間違えるおそれがあります（{got}）。",
    "name.issuer.unknown.mixed": (
        "発行者の名称に、異なる種類の文字を混ぜた語があります（{got}）。別の名称に似せたものかもしれません。"
    ),
    "name.issuer.unknown.disguised": (
        "発行者の名称に、ローマ字に見えて別の文字で書かれた語があります（{got}）。別の名称に似せたものかもしれません。"
    ),
    "name.issuer.unknown.unseen": "発行者の名称に、目に見えない文字が入っています（{got}）。",
    "name.learner.valid": "学習者の氏名は、通常どおりに書かれています。",
    "name.learner.invalid": "学習者の氏名は、別のものに見えるように書かれています（{got}）。",
    "name.learner.unknown": "学習者の氏名は、別のものと見間違えるおそれがあります（{got}）。",
    "name.learner.unknown.mixed": (
        "学習者の氏名に、異なる種類の文字を混ぜた語があります（{got}）。別の名称に似せたものかもしれません。"
    ),
    "name.learner.unknown.disguised": (
        "学習者の氏名に、ローマ字に見えて別の文字で書かれた語があります（{got}）。別の名称に似せたものかもしれません。"
    ),
    "name.learner.unknown.unseen": "学習者の氏名に、目に見えない文字が入っています（{got}）。",
    "issuer.binding.valid": "記載された発行者（{expected}）が署名しています。",
    "issuer.binding.invalid": "発行者は {expected} と記されていますが、署名したのは {got} です。",
    "issuer.binding.unknown": "記載された発行者が署名したかどうか分かりませんでした。",
    "issuer.binding.valid.hosted": "発行者 {expected} が自らのものとするアドレス（{got}）に置かれています。",
    "issuer.binding.invalid.hosted": "発行者 {expected} のものではないアドレス（{got}）に置かれています。",
    "hosted.assertion.valid": "発行者は、同じ内容のバッジをいまもそのアドレス（{expected}）に掲げています。",
    "hosted.assertion.invalid": "発行者がアドレス（{expected}）に掲げているバッジではありません。",
    "hosted.assertion.invalid.differs": "発行者がアドレス（{expected}）に掲げる内容と異なります。",
    "hosted.assertion.invalid.other-host": "バッジのアドレスが、別のホスト（{got}）に移されています。",
    "hosted.assertion.invalid.no-address": "照会できるウェブ上のアドレスがバッジに記されていません。",
    "hosted.assertion.unknown": "バッジをそのアドレス（{expected}）で照会できませんでした。",
    "hosted.assertion.unknown.gone": "発行者は、バッジをそのアドレス（{expected}）にもう掲げていません。",
    "hosted.badge.valid": "バッジの意味は {expected} に記されています。",
    "hosted.badge.invalid": "バッジの意味の記載が、そのアドレス（{expected}）のものではありません。",
    "hosted.badge.invalid.other-host": "バッジの意味を記した所が、別のホスト（{got}）に移されています。",
    "hosted.badge.unknown": "バッジの意味の記載（{expected}）を照会できませんでした。",
    "hosted.issuer.valid": "発行者は {expected} で自らについて記しています。",
    "hosted.issuer.invalid": "記されたアドレス（{expected}）に、発行者自身の記載がありません。",
    "hosted.issuer.invalid.other-host": "発行者のアドレスが、別のホスト（{got}）に移されています。",
    "hosted.issuer.unknown": "発行者自身の記載（{expected}）を照会できませんでした。",
    "proof.key.unknown.issuer": "発行者のページを取得できず、どの鍵が発行者のものか分かりませんでした。",
    "dates.valid-from.valid": "{expected}から有効です。",
    "dates.valid-from.invalid": "有効になるのは{expected}からです。",
    "dates.valid-from.unknown": "有効期間の始まりが分かりませんでした。",
    "dates.valid-until.valid": "{expected}まで有効です。",
    "dates.valid-until.invalid": "有効期限は{expected}まででした。",
    "dates.valid-until.unknown": "有効期限が分かりませんでした。",
    "dates.checked.valid": "日付を確認しました。",
    "dates.checked.invalid": "日付を読み取れません。{why}",
    "dates.checked.unknown": "日付を確認できませんでした。",
    "status.revocation.valid": "発行者による取り消しはありません。",
    "status.revocation.invalid": "発行者が取り消しています。",
    "status.revocation.unknown": "取り消されていないかを確かめられませんでした。{why}",
    "status.suspension.valid": "発行者による一時停止はありません。",
    "status.suspension.invalid": "発行者が一時的に効力を停止しています。",
    "status.suspension.unknown": "一時停止されていないかを確かめられませんでした。{why}",
    "status.refresh.valid": "新しいものへの差し替えはありません。",
    "status.refresh.invalid": "発行者が新しいものに差し替えています。",
    "status.refresh.unknown": "差し替えられていないかを確かめられませんでした。{why}",
    "status.message.valid": "発行者の一覧の表示は「{got}」です。",
    "status.message.invalid": "発行者の一覧の表示は「{got}」です。",
    "status.message.unknown": "発行者の一覧の表示を確かめられませんでした。{why}",
    "status.other.valid": "発行者の一覧「{purpose}」に該当の印はありません。",
    "status.other.invalid": "発行者の一覧「{purpose}」に該当の印があります。",
    "status.other.unknown": "発行者の一覧「{purpose}」の意味を判断できませんでした。{why}",
    "status.checked.valid": "効力の状況を調べました。",
    "status.checked.invalid": "効力の状況を調べられません。{why}",
    "status.checked.unknown": "効力の状況を調べられませんでした。",
    "carried.credential.valid": "文書の中にある証明書も確認し、有効でした。",
    "carried.credential.valid.several": (
        "文書の中にある証明書{expected}件のうち{got}件を1件ずつ確認し、有効でした。"
    ),
    "carried.credential.invalid": "文書の中にある証明書に問題があります（{headline}）。",
    "carried.credential.unknown": "文書の中にある証明書を最後まで確認できませんでした。",
    "clr.learner.valid": "記録の内容は、すべて同じ学習者についてのものです。",
    "clr.learner.invalid": "記録の中に、別の人についての証明書があります（{got}）。",
    "clr.learner.unknown": (
        "記録の中の証明書が、すべて同じ学習者についてのものか確認できませんでした（{got}）。"
    ),
    "carried.checked.valid": "文書に含まれるものを確認しました。",
    "carried.checked.invalid": "文書に含まれるものが多すぎて確認できません。{why}",
    "carried.checked.unknown": "文書に含まれるものを確認できませんでした。",
    "presentation.rules.valid": "提示は規格の定めに従っています。",
    "presentation.rules.invalid": "提示が規格の定めに反しています。{why}",
    "presentation.rules.unknown": "提示が規格の定めに従っているかどうか分かりませんでした。",
    "presentation.holder.valid": "記載された所持者が提示に署名しています。",
    "presentation.holder.invalid": "所持者は {expected} と記されていますが、署名したのは {got} です。",
    "presentation.holder.unknown": "誰が提示したのか分かりませんでした。",
    "presentation.key-binding.valid": (
        "発行を受けた本人が示しています。鍵 {got} がこの機会のために署名しました。"
    ),
    "presentation.key-binding.invalid": "示した人が、発行を受けた本人であることを証明していません。",
    "presentation.key-binding.invalid.missing": (
        "示した人の、この機会のための署名がありません。写しである可能性があります。"
    ),
    "presentation.key-binding.invalid.no-key": (
        "本人の鍵に結び付けられていないため、誰も本人であることを証明できません。"
    ),
    "presentation.key-binding.invalid.signature": (
        "発行を受けた人のものではない鍵の署名とともに示されています。"
    ),
    "presentation.key-binding.invalid.other-content": (
        "示された内容は、本人がこの機会のために署名したものと異なります。"
    ),
    "presentation.key-binding.invalid.claims": "本人の署名に、誰に宛てていつ作られたかが記されていません。",
    "presentation.key-binding.invalid.time": "本人の署名は、別の時に作られたものです。",
    "presentation.key-binding.unknown": "発行を受けた本人が示しているかどうか、確かめられませんでした。",
    **_sentences_pdf_ja.SENTENCES,
}

WHY = {
    "kind": "対応していない方式（{got}）が使われています。",
    "not-asked": "ほかの確認がすべて済んだ場合にだけ、発行者の一覧に問い合わせます。",
    "list-unreachable": "発行者の一覧を取得できませんでした。",
    "list-unreadable": "発行者の一覧を読み取れませんでした。",
    "list-id": "取得したものは別の一覧でした。",
    "list-issuer": "一覧に署名したのは別の者でした。",
    "list-stale": "発行者の一覧が古くなっています。",
    "list-not-genuine": "一覧そのものの署名が確認できませんでした。",
    "status-range": "一覧の範囲を外れた位置が指定されています。",
    "status-length": "一覧が短すぎます。",
    "status-encoding": "一覧の符号化が正しくありません。",
    "status-entry": "証明書の状態欄の書き方が規格に合っていません。",
    "status-verification": "別の目的の一覧でした。",
    "limit": "一度の確認で問い合わせられる数を超えています。",
    "set": "意味の分からない印が付いています。",
    "": "一覧を利用できませんでした。",
}

HEADLINES = {
    "Valid": "有効です",
    "Valid, but expired": "署名は有効ですが、期限が切れています",
    "Not valid yet": "まだ有効ではありません",
    "Replaced by a newer one": "新しいものに差し替えられています",
    "Suspended": "効力が一時停止されています",
    "Revoked": "取り消されています",
    "Not genuine": "本物と認められません",
    "Not signed": "署名がありません",
    "Signed and locked": "署名で閉じられていますが、証明書のデータがありません",
    "Signed, not locked": "署名はありますが、閉じられていません",
    "Could not be checked": "確認できませんでした",
}

EXPLANATIONS = {
    "Valid": "発行されたときから内容は変わっておらず、発行者は今もこれを有効としています。",
    "Valid, but expired": "発行されたときから内容は変わっていませんが、発行者が定めた期限を過ぎています。",
    "Not valid yet": "発行されたときから内容は変わっていませんが、発行者が定めた日がまだ来ていません。",
    "Replaced by a newer one": "発行者が発行したものですが、訂正された新しいものが発行されています。",
    "Suspended": "発行者が発行したものですが、発行者は現在その効力を停止しています。",
    "Revoked": "発行者が発行したものですが、発行者はこれを取り消しました。元には戻りません。",
    "Signed and locked": (
        "誰かが署名し、変更できないように閉じたPDFです。証明書のデータが添付されていないため、"
        "書かれていることが正しいかどうかはここでは確認できません。"
    ),
    "Signed, not locked": (
        "誰かが署名したPDFですが、変更が許されています。証明書のデータが添付されていないため、"
        "書かれていることが正しいかどうかはここでは確認できません。"
    ),
    "Not genuine": "ファイルの内容が発行者の署名したものと違うか、発行者が署名したものではありません。",
    "Not signed": (
        "電子署名のないPDFです。誰が作ったのか、変更されていないかは、このファイルからは分かりません。"
        "紙をスキャンしたPDFもこうなります。"
    ),
    "Could not be checked": "必要な確認のうち済んでいないものがあるため、有効とは申し上げません。",
}

NEXT_STEPS = {
    "Valid": "発行者が誰で、それがどう確かめられたかを下でご覧になり、信頼できるかをご判断ください。",
    "Valid, but expired": "現在有効なものを本人にお求めください。",
    "Not valid yet": "有効になる日以降に、もう一度ご確認ください。",
    "Replaced by a newer one": "発行者が新しいものを発行しています。本人にお求めください。",
    "Suspended": "このファイルに書かれた連絡先ではなく、ご存じの連絡先から発行者に理由をお尋ねください。",
    "Revoked": "これを根拠にしないでください。理由は、ご存じの連絡先から発行者にお尋ねください。",
    "Signed and locked": "署名者は下の一覧にあります。ご存じの連絡先から、署名者に内容をお確かめください。",
    "Signed, not locked": "署名者は下の一覧にあります。ご存じの連絡先から、署名者に文書をお求めください。",
    "Not genuine": (
        "これを根拠にしないでください。発行者から届いたままの元のファイルを、本人にお求めください。"
    ),
    "Not signed": (
        "このファイルだけを根拠にしないでください。書面にQRコードか確認番号があれば、それで確かめられます。"
        "なければ、発行者から届いたままの元のファイルを、本人にお求めください。"
    ),
    "Could not be checked": (
        "時間をおくか、ネットワークに接続してもう一度お試しください。足りなかったものは下の一覧にあります。"
    ),
}

IDENTITIES = {
    "nothing": "発行者が誰かは分かっていません。名称{name}は、ファイルにそう書かれているだけです。",
    "key": (
        "発行者について分かっているのは鍵だけです。名称{name}は、ファイルにそう書かれているだけです。"
        "発行機関から受け取った鍵と見比べてください。"
    ),
    "domain": "{domain} を管理する者が発行しました。名称{name}は、発行者自身がそう名乗っているものです。",
    "organisation": "{name}が発行したことを、{source} が確認しています。",
    "accredited": "{name}が発行し、授与の日に認証を受けていたことを、{source} が確認しています。",
    "entitled": "{name}が発行し、これを授与する資格があったことを、{source} が確認しています。",
}

NO_IDENTITY = "発行者が誰かは分かっていません。"
QUOTES = ("「", "」")
OTHER = {
    "valid": "そのほかの確認（{code}）に合格しました。",
    "invalid": "そのほかの確認（{code}）に合格しませんでした。",
    "unknown": "そのほかの確認（{code}）を行えませんでした。",
}
