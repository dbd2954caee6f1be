# SPDX-License-Identifier: Apache-2.0
"""What the checks of signed PDFs say, in English."""

SENTENCES = {
    "pdf.readable.valid": "The PDF could be read in full.",
    "pdf.readable.invalid": "The PDF cannot be read reliably. {why}",
    "pdf.readable.unknown": "Whether the PDF can be read reliably could not be told.",
    "pdf.clean-start-and-end.valid": "Nothing stands before or after the PDF in the file.",
    "pdf.clean-start-and-end.invalid": "Something was put before or after the PDF in the file.",
    "pdf.clean-start-and-end.unknown": "Where the PDF begins and ends could not be told.",
    "pdf.certified.valid": "The PDF was closed by its signature: no change is permitted.",
    "pdf.certified.invalid": "The PDF is not closed by a single signature that forbids changes.",
    "pdf.certified.invalid.unsigned": "The PDF is not signed, so anybody could have made it.",
    "pdf.certified.unknown": "The PDF is signed, but not closed against changes.",
    "pdf.certified.unknown.unreadable-signature": "The PDF's signature is of a kind that is not known here.",
    "pdf.byte-range.valid": "The signature covers the file from its first byte to its last.",
    "pdf.byte-range.invalid": "The signature leaves out parts of the file where something could be hidden.",
    "pdf.byte-range.unknown": "What the signature covers could not be told.",
    "pdf.coverage.valid": "Nothing was added after signing.",
    "pdf.coverage.valid.lasting": (
        "Nothing was added after signing but time-stamps and what keeps the signature provable."
    ),
    "pdf.coverage.valid.signed-again": "Nothing was added after the first signature but further signatures.",
    "pdf.coverage.invalid": "Something was added or changed after signing. {why}",
    "pdf.coverage.invalid.nothing-signed": "The signature covers no part of the file.",
    "pdf.coverage.unknown": "Whether something was added after signing could not be told.",
    "pdf.coverage.unknown.changed-between-signatures": (
        "The PDF was changed between its signatures; only the last one covers the whole of it."
    ),
    "pdf.signature.valid": "The PDF is exactly what was signed; nothing was changed.",
    "pdf.signature.invalid": (
        "The PDF is not what was signed: it was changed, or the signature is not genuine."
    ),
    "pdf.signature.invalid.weak-algorithm": (
        "The signature is made with {got}, which proves nothing any more; expected {expected}."
    ),
    "pdf.signature.invalid.names-another-certificate": (
        "The signature was made for another certificate than the one that stands beside it."
    ),
    "pdf.signature.invalid.certificate-not-named": (
        "The signature does not say for which certificate it was made, as PAdES asks."
    ),
    "pdf.signature.unknown": "The PDF's signature could not be checked.",
    "pdf.signature.unknown.weak-algorithm": (
        "The signature is made with {got}, which proves nothing any more; expected {expected}."
    ),
    "pdf.signature.unknown.unknown-algorithm": "The signature is made in a way not known here ({got}).",
    "pdf.active-content.valid": "The PDF holds nothing that runs or fetches.",
    "pdf.active-content.invalid": "The PDF holds parts that run or fetch: {got}.",
    "pdf.active-content.unknown": "Whether the PDF holds parts that run could not be told.",
    "pdf.active-content.unknown.there": "The PDF holds parts that run, fetch, or can be filled in: {got}.",
    "pdf.time.valid": "The time of signing is consistent.",
    "pdf.time.valid.proven": (
        "It was signed at {got} or before: “{authority}”, an authority trusted here, has stamped that time."
    ),
    "pdf.time.valid.stated": (
        "It was signed at {got} or before, says “{authority}”, an authority for which nobody vouches here."
    ),
    "pdf.time.valid.stated-expired": (
        "It was signed at {got} or before, said “{authority}”, whose certificate ran out without a renewal."
    ),
    "pdf.time.valid.stated-revoked": (
        "It was signed at {got} or before, said “{authority}”, whose certificate has been revoked."
    ),
    "pdf.time.valid.claimed": "It was signed at {got}, says the signer; no authority has stamped that time.",
    "pdf.time.invalid": "A time-stamp in the PDF is not genuine. {why}",
    "pdf.time.unknown": "When the PDF was signed could not be told.",
    "pdf.time.unknown.none": "The PDF does not say when it was signed.",
    "pdf.time.unknown.weak": "A time-stamp is made with {said}, which proves nothing any more.",
    "pdf.time.unknown.broken": "A time-stamp in the PDF is not genuine. {why}",
    "pdf.archive.valid": (
        "“{authority}”, an authority trusted here, stamped the whole document last at {got}; "
        "it must be stamped again before {expected}."
    ),
    "pdf.archive.valid.stated": (
        "“{authority}”, an authority for which nobody vouches here, stamped the whole document last at "
        "{got}; it must be stamped again before {expected}."
    ),
    "pdf.archive.valid.expired": (
        "The whole document was stamped last at {got} by “{authority}”, whose certificate ran out at "
        "{expected} without a newer time-stamp."
    ),
    "pdf.archive.valid.revoked": (
        "The whole document was stamped last at {got} by “{authority}”, whose certificate has been revoked "
        "(it would have run out at {expected})."
    ),
    "pdf.archive.invalid": "A time-stamp over the whole document is not genuine. {why}",
    "pdf.archive.unknown": "Whether the time-stamps over the whole document are genuine could not be told.",
    "pdf.archive.unknown.weak": "A time-stamp is made with {said}, which proves nothing any more.",
    "pdf.archive.unknown.broken": "A time-stamp over the whole document is not genuine. {why}",
    "pdf.signer-key.valid": "The key that signed the PDF is published by the issuer.",
    "pdf.signer-key.valid.anchored": "An authority trusted here certifies that {signer} signed the PDF.",
    "pdf.signer-key.invalid": "The key that signed the PDF is not an accepted key of the issuer.",
    "pdf.signer-key.invalid.certificate-expired-when-signed": (
        "The certificate was not valid when the PDF was signed."
    ),
    "pdf.signer-key.invalid.signed-in-the-future": "The PDF says that it was signed at a time yet to come.",
    "pdf.signer-key.invalid.key-revoked": (
        "The issuer had withdrawn the key before the PDF was signed with it."
    ),
    "pdf.signer-key.unknown": "Whether the key that signed the PDF is the issuer's could not be learned.",
    "pdf.signer-key.unknown.certificate-expired-since": (
        "The certificate has run out since, and no trusted time-stamp proves that the PDF was signed before."
    ),
    "pdf.signer-key.unknown.key-revoked": (
        "The issuer has withdrawn the key, and no trusted time-stamp proves that the PDF was signed before."
    ),
    "pdf.signer-key.unknown.no-issuer": (
        "Nobody known here vouches that the signer is who its certificate says: {signer}."
    ),
    "pdf.signer-key.unknown.anchored-not-published": (
        "A certificate authority trusted here says that {signer} signed the PDF, "
        "but the issuer does not publish this key."
    ),
    "pdf.signer-key.unknown.other-name": (
        "A certificate authority trusted here says that {signer} signed the PDF, "
        "but the credential names another issuer."
    ),
    "pdf.revocation.valid": "The signer's certificate was not revoked when the PDF was signed.",
    "pdf.revocation.valid.revoked-later": (
        "The signer's certificate was revoked on {got}; the PDF was signed before, as a time-stamp proves."
    ),
    "pdf.revocation.invalid": "The signer's certificate was revoked on {got}, before the PDF was signed.",
    "pdf.revocation.unknown": (
        "Whether the signer's certificate was revoked when the PDF was signed is not known."
    ),
    "pdf.revocation.unknown.revoked-since": (
        "The signer's certificate was revoked on {got}, and no trusted time-stamp proves that the PDF was "
        "signed before."
    ),
    "pdf.foreign.valid": "The PDF is a document of somebody else's.",
    "pdf.foreign.invalid": "The PDF is a document of somebody else's.",
    "pdf.foreign.unknown": (
        "The PDF is signed by “{signer}”, as its certificate says. "
        "It carries no credential that can be checked."
    ),
    "pdf.foreign.unknown.locked": (
        "The PDF is signed by “{signer}”, as its certificate says, and closed against every change. "
        "It carries no credential that can be checked."
    ),
    "pdf.foreign.unknown.not-locked": (
        "The PDF is signed by “{signer}”, as its certificate says, but not closed: its signature permits "
        "changes. It carries no credential that can be checked."
    ),
    "pdf.matches-credential.valid": (
        "The page prints what the signed credential inside says."
        " What else it shows, such as pictures, is not compared."
    ),
    "pdf.matches-credential.unknown.annotations": (
        "The page prints what the signed credential inside says, but has notes or stamps on it that cannot"
        " be compared."
    ),
    "pdf.matches-credential.unknown.cut-otherwise": (
        "The page asks programs to show or print another part of it than the one that was compared."
    ),
    "pdf.matches-credential.invalid": (
        "The page prints something else than the credential inside: {expected}."
    ),
    "pdf.matches-credential.unknown": (
        "Whether the page prints what the credential inside says could not be told."
    ),
    "pdf.carried.valid": "The PDF carries the credential that it shows.",
    "pdf.carried.valid.own": (
        "The PDF carries a credential. The page itself was made by the institution: compare the two by eye."
    ),
    "pdf.carried.invalid": "The PDF carries credentials that contradict each other.",
    "pdf.carried.unknown": "The PDF carries no credential, so its content could not be checked.",
}
