# SPDX-License-Identifier: Apache-2.0
"""pyHanko's own ``SimpleSigner`` in one ``PdfSigner``, certifying against changes, invisible: as it comes."""

from __future__ import annotations

import io

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from bench import pdf_fixtures
from bench.engines import _clock


def main() -> None:
    """Sign."""
    folder, _, _, count, warm_up = _clock.asked()
    pages = [(folder / f"page-{number}.pdf").read_bytes() for number in range(pdf_fixtures.DOCUMENTS)]
    files = [str(folder / name) for name in ("key.pem", "leaf.pem", "root.pem")]
    simple = signers.SimpleSigner.load(files[0], files[1], ca_chain_files=files[2:])  # type: ignore[no-untyped-call]
    asked = signers.PdfSignatureMetadata(
        field_name="Signature1",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = signers.PdfSigner(asked, signer=simple)

    def some(amount: int) -> None:
        for number in range(amount):
            # a line feed: without it the update begins on the last line, which PDF/A forbids
            document = io.BytesIO(pages[number % len(pages)] + b"\n")
            signer.sign_pdf(IncrementalPdfFileWriter(document), output=io.BytesIO())

    _clock.timed(lambda: some(warm_up), lambda: some(count), count, "")


if __name__ == "__main__":
    main()
