# SPDX-License-Identifier: Apache-2.0
"""Make the files of this folder anew: the pages here, their signatures by endesive in its own interpreter.

endesive needs a PKCS #11 binding, an SSH client and an old pypdf; so it is no part of the development
environment but of that of ``make bench``, and what it made is stored. After ``make bench``, which
installs that, ``.venv/bin/python -m tests.vectors.signed_pdf.endesive.make`` writes the files anew.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from tests.vectors.signed_pdf.certificates import certificate, key, root
from tests.vectors.signed_pdf.containers import Key, raw
from tests.vectors.signed_pdf.good import published
from tests.vectors.signed_pdf.making import LINK, University, award, badge, university
from tests.vectors.signed_pdf.others import STRANGER, contract, stranger

from gakusho.formats._pdf.page import page_data
from gakusho.formats._pdf.typesetting import Attachment, typeset
from gakusho.registry import did_document

HERE = Path(__file__).parent
INTERPRETER = "bench/peers/.venv/bin/python"
SCHOOL = university("kaede.example", "RSA-3072")


def main() -> None:
    """Write pages and keys into a passing folder, have them signed, and keep what nobody must keep secret."""
    with tempfile.TemporaryDirectory() as passing:
        folder = Path(passing)
        (folder / "page.pdf").write_bytes(_page(SCHOOL))
        (folder / "contract.pdf").write_bytes(contract())
        _hold(folder / "school", raw(SCHOOL.document), SCHOOL.certificates)
        _hold(folder / "stranger", *stranger())
        above, curve = key("RSA-2048", "strange authority"), key("P-256", "stranger")
        top = root(above, STRANGER)
        _hold(folder / "curve", curve, (certificate(curve, subject=STRANGER, issuer=(above, top)), top))
        command = [INTERPRETER, "-m", "tests.vectors.signed_pdf.endesive.sign", passing, str(HERE)]
        subprocess.run(command, check=True, timeout=60)
    did, keys = SCHOOL.issuer.id, (SCHOOL.credential.public_key, SCHOOL.document.public_key)
    document = json.dumps(did_document(did, [published(did, each) for each in keys]), indent=1)
    (HERE / "did.json").write_text(document + "\n", "utf-8")


def _page(school: University) -> bytes:
    """Give an unsigned certificate of completion with its credential inside."""
    given = award("completion", language="en", issuer=school.issuer)
    sealed = badge(given, school)
    inside = Attachment(
        name="open-badges-3.json", media_type=sealed.media_type, data=sealed.data, description="credential"
    )
    data = page_data(given, link=LINK)
    return typeset(given.document.kind, data, at=given.valid_from, attachments=[inside])


def _hold(at: Path, private: Key, chain: tuple[bytes, ...]) -> None:
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    at.with_suffix(".key").write_bytes(pem)
    for place, one in enumerate(chain):
        at.with_suffix(f".{place}.der").write_bytes(one)


if __name__ == "__main__":
    main()
