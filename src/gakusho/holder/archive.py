# SPDX-License-Identifier: Apache-2.0
"""The archive: everything a person holds, with all it takes to verify it when this server is gone."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gakusho.errors import InputError
from gakusho.fetch import document_path
from gakusho.holder import parts
from gakusho.model.sealed import Sealed

_FIRST_TIME = (1980, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')

README = """\
学証（Gakusho）から取り出した証明書
====================================

credentials/  証明書そのもの。形式ごとに一つのファイルです（PDF、JSON、バッジ画像）。
documents/    確かめるために要る公開資料（発行者の鍵と、失効の一覧）。取り出した時点のものです。
own-copies/   一部だけを見せられる証明書の、本人用の控え（ある場合）。見せる部分は次の方法で選べます。
                  gakusho disclose own-copies/ファイル名 --list

学証のサーバーがなくなっても、次の方法で、インターネットにつながずに確かめられます。

    pip install gakusho
    gakusho verify credentials/* --documents documents --offline

失効の一覧は取り出した時点のものなので、その後の失効は分かりません。つながるときは --offline を
外すと、いまの状態を発行者に問い合わせます。PDFの署名は、Adobe Acrobat などの閲覧ソフトでも
見られます。一覧の期限が過ぎたあとに --offline で確かめると、失効の有無は「確かめられない」と出ます。
取り出した時点の状態は、--at に日時を添えると見られます（例：--at 2026-04-01T12:00:00Z）。

Credentials taken out of Gakusho
================================

credentials/  The credentials themselves, one file for each format (PDF, JSON, badge image).
documents/    The public documents needed to verify them (the issuer's keys and the status lists), as they
              were when the archive was made.
own-copies/   Your own copies of credentials that can be shown in part, if there are any. To choose a part:
                  gakusho disclose own-copies/FILE --list

When our server is gone, they still verify, without a network:

    pip install gakusho
    gakusho verify credentials/* --documents documents --offline

The status lists are as old as this archive, so a later revocation does not show. With a network, leave out
--offline, and the issuer is asked for the present state. The signatures of the PDFs also show in PDF
readers such as Adobe Acrobat. Once the lists have run out, --offline says that revocation could not be
checked; with --at and a time (such as --at 2026-04-01T12:00:00Z) you see how things stood then.
"""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A credential to be packed: its name for people, its formats, and its badge image if it has one."""

    name: str
    sealed: tuple[Sealed, ...]
    badge: tuple[bytes, str] | None = None
    """The baked image and its extension."""


def archive(credentials: Iterable[Packed], documents: Mapping[str, bytes]) -> bytes:
    """Give a ZIP with the credentials and the documents by address; the same content gives the same bytes.

    ``documents/`` is laid out as ``gakusho verify --documents`` reads it.

    Raises:
        InputError: an address cannot name a file.
    """
    files: dict[str, bytes] = {"README.txt": README.encode()}
    for one in credentials:
        stem = _free(file_stem(one.name), files)
        for sealed in one.sealed:
            shown, name = parts.with_all(sealed), f"{stem}.{sealed.format}.{sealed.extension}"
            files[f"credentials/{name}"] = shown.data
            if shown.data != sealed.data:
                files[f"own-copies/{name}"] = sealed.data
        if one.badge is not None:
            files[f"credentials/{stem}.badge.{one.badge[1]}"] = one.badge[0]
    for url, data in documents.items():
        path = f"documents/{document_path(url)}"
        if files.setdefault(path, data) != data:
            raise InputError(f"Two documents would be {path}.", facts={"got": url[:200]})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, _FIRST_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            pack.writestr(info, files[path])
    return out.getvalue()


def file_stem(words: str) -> str:
    """Give words as the stem of a file name on any system, at most 80 characters."""
    plain = _UNSAFE.sub(" ", unicodedata.normalize("NFC", words))
    return re.sub(r"\s+", "_", plain.strip(" ._"))[:80] or "credential"


def _free(stem: str, files: Mapping[str, bytes]) -> str:
    taken = {path.removeprefix("credentials/").split(".", 1)[0] for path in files}
    free, n = stem.replace(".", "_"), 2
    while free in taken:
        free, n = f"{stem.replace('.', '_')}_{n}", n + 1
    return free
