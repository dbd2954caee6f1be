# SPDX-License-Identifier: Apache-2.0
"""What went wrong with document keys, tokens, signing services and certificates, and what to do, by code."""

from __future__ import annotations

from collections.abc import Mapping

JAPANESE: Mapping[str, str | tuple[str, ...]] = {
    "key-place": "鍵のある場所に、ここからは届きません。",
    "key-algorithm": (
        "この種類の鍵（{got}）は作れません。作れるのは {expected} です。",
        "この種類の鍵は作れません。",
    ),
    "token-away": "鍵の入った装置（トークン）に接続できません。",
    "token-pin": "装置（トークン）のPINが受け付けられませんでした。同じPINは、もう試しません。",
    "token-pin-kept": "以前に誤ったPINが使われたため、保存されているPINは試していません。",
    "token-pin-last": "次に誤ると装置（トークン）がロックされるため、PINを試していません。",
    "token-pin-other": "このサーバーは、この装置（トークン）に別のPINを使っています。",
    "token-key": "この装置（トークン）の鍵は、署名に使えません。",
    "token-keys": (
        "装置（トークン）の中の鍵を一つに決められません（{got}）。",
        "装置（トークン）の中の鍵を一つに決められません。",
    ),
    "no-credential-id": (
        "署名サービスに、その鍵はありません。使える鍵：{expected}。",
        "署名サービスに、その鍵はありません。",
    ),
    "token-library": "装置（トークン）の鍵を使うためのソフトウェアがありません。",
    "token-module": (
        "このサーバーは、このモジュール（{got}）を読み込めません。",
        "このサーバーは、このモジュールを読み込めません。",
    ),
    "signing-service": "署名サービスに接続できません。",
    "signing-service-refused": "署名サービスが署名を断りました。",
    "signing-service-address": (
        "署名サービスのアドレスではありません（{got}）。",
        "署名サービスのアドレスではありません。",
    ),
    "signature-wrong": "鍵のある場所から、正しくない署名が返りました。何も発行していません。",
    "certificate-expired": (
        "文書に署名する電子証明書の有効期間（{expected}）の外です。文書には署名していません。",
        "文書に署名する電子証明書の有効期間の外です。文書には署名していません。",
    ),
    "certificate-file": "電子証明書のファイルとして読み取れません。",
    "certificate-subject": (
        "電子証明書の名義に使えません（{got}）。",
        "電子証明書の名義に使えません。",
    ),
    "certificate-known": "この電子証明書は、すでに登録されています。",
    "certificate-key": (
        "この電子証明書は、別の鍵のものです（{got}）。",
        "この電子証明書は、別の鍵のものです。",
    ),
    "certificate-time": (
        "有効期間の外にある電子証明書です（{got}）。",
        "有効期間の外にある電子証明書です。",
    ),
    "certificate-use": (
        "文書への署名に使えない電子証明書です（{got}）。",
        "文書への署名に使えない電子証明書です。",
    ),
    "certificate-link": (
        "発行した認証局の電子証明書（{got}）がファイルにありません。",
        "発行した認証局の電子証明書がファイルにありません。",
    ),
}
JAPANESE_ACTIONS: Mapping[str, str] = {
    "key-place": "サーバーの管理者に知らせてください。",
    "key-algorithm": "示された種類から選んでください。",
    "token-away": "装置を接続してください。一括発行は、接続できしだい自動で続きます。",
    "token-pin": "正しいPINを「文書の鍵」のページで入れてください。試すのは1回だけです。",
    "token-pin-kept": "PINを「文書の鍵」のページで入れ直してください。",
    "token-pin-last": "装置に付属のソフトウェアで、正しいPINを使って一度ログインしてください。",
    "token-pin-other": "今使われているPINを入れてください。変えたときは、サーバーを再起動してください。",
    "token-key": "装置に付属のソフトウェアで鍵を確かめ、RSA-3072かP-256の鍵を選んでください。",
    "token-keys": "使う鍵のIDを入れるか、新しい鍵を作ってください。",
    "no-credential-id": "サービスが示す鍵のIDから選んで入れてください。",
    "token-library": "サーバーの管理者に、python-pkcs11の導入を頼んでください。",
    "token-module": "サーバーの管理者が GAKUSHO_PKCS11_MODULES に書いたモジュールから選んでください。",
    "signing-service": "一括発行は、応答がありしだい自動で続きます。ほかの操作は、あとでやり直してください。",
    "signing-service-refused": "運営者に問い合わせるか、「文書の鍵」のページで登録し直してください。",
    "signing-service-address": "運営者の案内にあるアドレス（https://…/csc/v1 など）を入れてください。",
    "signature-wrong": "電子証明書と同じ鍵が今もそこにあるか、運営者に確かめてください。",
    "certificate-expired": "「文書の鍵」のページで、新しい電子証明書か新しい鍵を登録してください。",
    "certificate-file": "認証局から届いたファイル（PEM、DER、PKCS #7）を選んでください。",
    "certificate-subject": "認証局に届け出たとおりの名称（64文字まで）と番号を入れてください。",
    "certificate-known": "新しい電子証明書のファイルを選んでください。",
    "certificate-key": "このページで作った申請書（CSR）に対する電子証明書を選んでください。",
    "certificate-time": "有効期間内の電子証明書を、認証局に申し込んでください。",
    "certificate-use": "文書への署名用の電子証明書を、認証局に申し込んでください。",
    "certificate-link": "認証局の電子証明書（中間証明書）も一つのファイルにまとめて選んでください。",
}
LESS_SAID = frozenset(
    {
        *("key-place", "token-away", "token-pin", "token-key", "token-library"),
        *("signing-service", "signing-service-refused", "signature-wrong"),
        *("certificate-file", "certificate-subject"),
    }
)
"""Codes whose Japanese sentence says less than the English one, because its reason is in English."""
