# SPDX-License-Identifier: Apache-2.0
"""What each check says, in English: ``code.outcome``, or ``code.outcome.reason`` where a reason says more."""

from __future__ import annotations

from gakusho.verifier import _sentences_pdf_en

SENTENCES = {
    "format.recognized.valid": "The file is of a kind we know: {got}.",
    "format.recognized.invalid": "The file cannot be opened. {why}",
    "format.recognized.unknown": "The file is of no kind we know, so we cannot say anything about it.",
    "format.recognized.unknown.image.no-credential": "The image holds no credential.",
    "image.credential.valid": "The credential was taken out of the image. The picture itself proves nothing.",
    "image.credential.invalid": "The credential could not be taken out of the image.",
    "image.credential.unknown": "Whether the image holds a credential could not be told.",
    "format.recognized.unknown.picture": (
        "The picture cannot be opened, or is larger than is looked at here. Choose a smaller one, "
        "PNG or JPEG."
    ),
    "format.recognized.unknown.picture-no-credential": (
        "The picture shows no signed code that can be read. {why} Take it again from straight "
        "above, in good light, the code filling half of it."
    ),
    "format.recognized.invalid.picture-several": (
        "The picture shows several signed codes ({got}). Show one paper at a time."
    ),
    "picture.code.valid": (
        "The signed code was read from the picture. It proves what it says, and nothing else in the picture."
    ),
    "picture.code.invalid": "The code could not be read from the picture.",
    "picture.code.unknown": "Whether the picture shows a signed code could not be told.",
    "paper.compare.valid": (
        "A code can be copied to another paper. Compare the name, date of birth and number shown "
        "here with those printed on the paper, and with the person."
    ),
    "paper.compare.invalid": (
        "A code can be copied to another paper. Compare the name, date of birth and number shown "
        "here with those printed on the paper, and with the person."
    ),
    "paper.compare.unknown": (
        "A code can be copied to another paper. Compare the name, date of birth and number shown "
        "here with those printed on the paper, and with the person."
    ),
    "paper.results-left-out.valid": (
        "The code leaves out {got} results for want of room: those printed on the paper are not proven by it."
    ),
    "paper.results-left-out.invalid": (
        "The code leaves out {got} results for want of room: those printed on the paper are not proven by it."
    ),
    "paper.results-left-out.unknown": (
        "The code leaves out {got} results for want of room: those printed on the paper are not proven by it."
    ),
    "format.readable.valid": "The content could be read in full.",
    "format.readable.invalid": "The content cannot be read as it must be. {why}",
    "format.readable.invalid.pdf.unsigned": (
        "Whether a credential is in the PDF was not looked at, because nobody signed it."
    ),
    "format.readable.unknown": "The file carries no credential that we could read.",
    "format.rules.valid": "The content keeps the rules of its standard.",
    "format.rules.invalid": "The content breaks rules of its standard. {why}",
    "format.rules.unknown": "Whether the content keeps the rules of its standard could not be told.",
    "schema.shape.valid": "It has the shape its issuer says it has: {got}.",
    "schema.shape.valid.rules": (
        "It keeps the rules of its standard, which are run in place of the schema its issuer names: {got}."
    ),
    "schema.shape.invalid": "It does not have the shape its issuer says it has ({got}). {why}",
    "schema.shape.unknown": "Whether it has the shape its issuer names could not be told: {got}.",
    "schema.shape.unknown.unknown-schema": "The schema its issuer names is not known here: {got}.",
    "schema.shape.unknown.kind": "Its issuer names a schema of a kind we cannot run: {expected}.",
    "schema.shape.unknown.limit": "Its issuer names more schemas than are run: {expected}.",
    "resource.digest.valid": "What it refers to is what its issuer meant: {got}.",
    "resource.digest.invalid": "What it refers to is not what its issuer meant: {got}.",
    "resource.digest.invalid.no-digest": "It refers to {got}, but does not say rightly what stands there.",
    "resource.digest.unknown": "Whether {got} is still what its issuer meant could not be told.",
    "resource.digest.unknown.unreachable": "What it refers to could not be fetched: {got}.",
    "format.checked.valid": "The checks of this kind of file were run.",
    "format.checked.invalid": "The checks of this kind of file broke off. {why}",
    "format.checked.unknown": "There was nothing in the file that could be checked.",
    "proof.present.valid": "The issuer's signature is there.",
    "proof.present.invalid": "The file is not signed, so anybody could have written it.",
    "proof.present.unknown": "Whether the file is signed could not be told.",
    "proof.suite.valid": "It is signed by a method we can check: {got}.",
    "proof.suite.invalid": "The method of signing is not stated as it must be.",
    "proof.suite.unknown": "It is signed by a method we cannot check: {got}.",
    "proof.purpose.valid": "The signature was made for this purpose.",
    "proof.purpose.invalid": "The signature was made for another purpose: {got}, not {expected}.",
    "proof.purpose.invalid.challenge": "The signature does not answer the challenge of this occasion.",
    "proof.purpose.invalid.domain": "The signature was made for somebody else: {got}.",
    "proof.purpose.unknown": "What the signature was made for could not be told.",
    "proof.created.valid": "By its own statement the signature was made on {got}.",
    "proof.created.invalid": "The time of signing cannot be right: {got}.",
    "proof.created.invalid.future": "The signature claims to be made in the future: {got}.",
    "proof.created.invalid.expired": "The signature itself was limited in time, and ended on {got}.",
    "proof.created.unknown": "When it was signed could not be told.",
    "proof.key.valid": "The key that signed is published by {controller}.",
    "proof.key.invalid": "The key that signed cannot be accepted. {why}",
    "proof.key.invalid.no-such-key": "The issuer publishes no such key: {method}.",
    "proof.key.invalid.relationship": "The issuer publishes this key, but not for issuing credentials.",
    "proof.key.invalid.revoked": "The issuer withdrew this key on {expected}.",
    "proof.key.invalid.retired": "The issuer had retired this key on {expected}, before it signed this.",
    "proof.key.invalid.weak-key": "The key is too weak to prove anything.",
    "proof.key.invalid.algorithm": "The key does not fit the method of signing.",
    "proof.key.invalid.controller": "The key belongs to somebody else: {got}.",
    "proof.key.unknown": "The issuer's keys could not be fetched, so the signature could not be checked.",
    "proof.key.unknown.did-method": "The issuer publishes its key in a way we do not know: {method}.",
    "proof.key.unknown.revoked-later": (
        "The issuer withdrew this key on {expected}; that it signed before that day is not proven."
    ),
    "proof.key.unknown.retired": (
        "The issuer retired this key on {expected}; that it signed before that day is not proven."
    ),
    "proof.key.unknown.key": "The key that signed is of a kind we do not know: {method}.",
    "proof.chain.valid": "It confirms signatures made before it, which are in the file.",
    "proof.chain.invalid": "It confirms a signature that is not in the file as it must be: {got}.",
    "proof.chain.invalid.order": "It confirms a signature that stands after it: {got}.",
    "proof.chain.unknown": "Whether it confirms other signatures could not be told.",
    "proof.complete.valid": "Everything in the file is covered by the signature.",
    "proof.complete.invalid": "Something in the file is not covered by the signature: {got} ({path}).",
    "proof.complete.invalid.too-complex": "The content is built so that checking it would take without end.",
    "proof.complete.unknown": "Whether the signature covers everything could not be told.",
    "proof.signature.valid": "The content is exactly what was signed; nothing was changed.",
    "proof.signature.invalid": (
        "The content is not what was signed: it was changed, or signed by another key."
    ),
    "proof.signature.invalid.previous-proof": "The signature it was built upon is missing or out of place.",
    "proof.signature.unknown": "The signature could not be checked.",
    "proof.signature.unknown.base-proof": (
        "This is the holder's own copy, made to choose from; only what is chosen from it can be checked."
    ),
    "proof.header.valid": "The token names a method of signing we accept: {got}.",
    "proof.header.invalid": "The token's header is not accepted. {why}",
    "proof.header.unknown": "The token's header could not be judged.",
    "proof.claims.valid": "The token says the same in all its parts.",
    "proof.claims.invalid": "The token contradicts itself. {why}",
    "proof.claims.unknown": "Whether the token agrees with itself could not be told.",
    "proof.disclosures.valid": (
        "Every part that is shown is one that was signed ({got} parts that could be held back)."
    ),
    "proof.disclosures.valid.derived": (
        "The holder chose which parts to show; every part shown was signed, and others may be held back."
    ),
    "proof.disclosures.invalid": "A part that is shown was not signed.",
    "proof.disclosures.invalid.held-back": (
        "Its holder could have held back what decides whether it holds: {got}."
    ),
    "proof.disclosures.unknown": "Whether all parts shown were signed could not be told.",
    "context.inline.valid": "It uses words that published vocabularies define, and no others.",
    "context.inline.invalid": "It gives words another meaning than published vocabularies do.",
    "context.inline.unknown": (
        "The file says itself what some of its words mean. Whoever hands it on could exchange those words "
        "for each other, and the signature would still fit."
    ),
    "name.issuer.valid": "The issuer's name is written as names usually are.",
    "name.issuer.invalid": "The issuer's name is written to look like another: {got}.",
    "name.issuer.unknown": "The issuer's name may be taken for another: {got}.",
    "name.issuer.unknown.mixed": (
        "The issuer's name mixes letters of several scripts in one word, {got}; it may imitate another name."
    ),
    "name.issuer.unknown.disguised": (
        "A word of the issuer's name looks Latin but is none, {got}; it may imitate another name."
    ),
    "name.issuer.unknown.unseen": "The issuer's name holds a character that nobody sees ({got}).",
    "name.learner.valid": "The learner's name is written as names usually are.",
    "name.learner.invalid": "The learner's name is written to look like another: {got}.",
    "name.learner.unknown": "The learner's name may be taken for another: {got}.",
    "name.learner.unknown.mixed": (
        "The learner's name mixes letters of several scripts in one word, {got}; it may imitate another name."
    ),
    "name.learner.unknown.disguised": (
        "A word of the learner's name looks Latin but is none, {got}; it may imitate another name."
    ),
    "name.learner.unknown.unseen": "The learner's name holds a character that nobody sees ({got}).",
    "issuer.binding.valid": "It is signed by the issuer it names: {expected}.",
    "issuer.binding.invalid": "It names {expected} as issuer, but {got} signed it.",
    "issuer.binding.unknown": "Whether the named issuer signed it could not be told.",
    "issuer.binding.valid.hosted": "It lies at {got}, an address that the issuer {expected} calls its own.",
    "issuer.binding.invalid.hosted": "It lies at {got}, which the issuer {expected} does not call its own.",
    "hosted.assertion.valid": "The issuer shows the badge, with this content, at its address: {expected}.",
    "hosted.assertion.invalid": "The badge is not what the issuer shows at its address: {expected}.",
    "hosted.assertion.invalid.differs": "The issuer shows another content at its address: {expected}.",
    "hosted.assertion.invalid.other-host": "The badge's address leads to another host: {got}.",
    "hosted.assertion.invalid.no-address": "The badge names no web address at which it could be looked up.",
    "hosted.assertion.unknown": "The badge could not be looked up at its address: {expected}.",
    "hosted.assertion.unknown.gone": "The issuer no longer shows the badge at its address: {expected}.",
    "hosted.badge.valid": "What the badge stands for is described by {expected}.",
    "hosted.badge.invalid": "What the badge stands for is not what its address says: {expected}.",
    "hosted.badge.invalid.other-host": "The address of the badge's meaning leads to another host: {got}.",
    "hosted.badge.unknown": "What the badge stands for could not be looked up: {expected}.",
    "hosted.issuer.valid": "The issuer describes itself at {expected}.",
    "hosted.issuer.invalid": "The issuer does not describe itself at the address named: {expected}.",
    "hosted.issuer.invalid.other-host": "The issuer's address leads to another host: {got}.",
    "hosted.issuer.unknown": "The issuer's description of itself could not be looked up: {expected}.",
    "proof.key.unknown.issuer": (
        "The issuer's own page could not be fetched, so it is not known which keys are its own."
    ),
    "dates.valid-from.valid": "It has been valid since {expected}.",
    "dates.valid-from.invalid": "It will be valid only from {expected}.",
    "dates.valid-from.unknown": "From when it is valid could not be told.",
    "dates.valid-until.valid": "It is valid until {expected}.",
    "dates.valid-until.invalid": "It was valid until {expected}.",
    "dates.valid-until.unknown": "Until when it is valid could not be told.",
    "dates.checked.valid": "The dates were checked.",
    "dates.checked.invalid": "The dates could not be read. {why}",
    "dates.checked.unknown": "The dates could not be checked.",
    "status.revocation.valid": "The issuer has not revoked it.",
    "status.revocation.invalid": "The issuer has revoked it.",
    "status.revocation.unknown": "Whether the issuer has revoked it could not be learned: {why}",
    "status.suspension.valid": "The issuer has not suspended it.",
    "status.suspension.invalid": "The issuer has suspended it for the time being.",
    "status.suspension.unknown": "Whether the issuer has suspended it could not be learned: {why}",
    "status.refresh.valid": "The issuer has not replaced it by a newer one.",
    "status.refresh.invalid": "The issuer has replaced it by a newer one.",
    "status.refresh.unknown": "Whether the issuer has replaced it could not be learned: {why}",
    "status.message.valid": "The issuer's list says: “{got}”.",
    "status.message.invalid": "The issuer's list says: “{got}”.",
    "status.message.unknown": "What the issuer's list says could not be learned: {why}",
    "status.other.valid": "The issuer's list “{purpose}” has no mark for it.",
    "status.other.invalid": "The issuer's list “{purpose}” has a mark against it.",
    "status.other.unknown": "The issuer's list “{purpose}” could not be understood: {why}",
    "status.checked.valid": "The status was looked up.",
    "status.checked.invalid": "The status could not be looked up. {why}",
    "status.checked.unknown": "The status could not be looked up.",
    "carried.credential.valid": "The credential inside the document was checked too, and is valid.",
    "carried.credential.valid.several": (
        "{got} of the {expected} credentials inside were checked one by one, and are valid."
    ),
    "carried.credential.invalid": "The credential inside the document does not hold: {headline}.",
    "carried.credential.unknown": "The credential inside the document could not be checked to the end.",
    "clr.learner.valid": "Everything in the record is about the same learner.",
    "clr.learner.invalid": "The record holds credentials of somebody else: {got}.",
    "clr.learner.unknown": (
        "Whether all credentials in the record are about the same learner could not be told: {got}."
    ),
    "carried.checked.valid": "What the document carries was checked.",
    "carried.checked.invalid": "The document carries more than can be checked. {why}",
    "carried.checked.unknown": "What the document carries could not be checked.",
    "presentation.rules.valid": "The presentation keeps the rules of its standard.",
    "presentation.rules.invalid": "The presentation breaks rules of its standard. {why}",
    "presentation.rules.unknown": "Whether the presentation keeps the rules could not be told.",
    "presentation.holder.valid": "The presentation is signed by the holder it names.",
    "presentation.holder.invalid": "The presentation names {expected} as holder, but {got} signed it.",
    "presentation.holder.unknown": "Who presents it could not be told.",
    "presentation.key-binding.valid": (
        "It is shown by the one it was issued to: the key {got} signed for this occasion."
    ),
    "presentation.key-binding.invalid": "Whoever shows it did not prove to be the one it was issued to.",
    "presentation.key-binding.invalid.missing": (
        "Whoever shows it did not sign for this occasion, so it may be a copy."
    ),
    "presentation.key-binding.invalid.no-key": (
        "It is bound to no key of its holder, so nobody can prove to be the one."
    ),
    "presentation.key-binding.invalid.signature": (
        "It is shown with the signature of another key than the one it was issued to."
    ),
    "presentation.key-binding.invalid.other-content": (
        "What is shown is not what its holder signed for this occasion."
    ),
    "presentation.key-binding.invalid.claims": (
        "The holder's signature does not say for whom and when it was made."
    ),
    "presentation.key-binding.invalid.time": "The holder's signature was made at another time.",
    "presentation.key-binding.unknown": "Whether it is shown by the one it was issued to could not be told.",
    **_sentences_pdf_en.SENTENCES,
}

WHY = {
    "kind": "it uses a kind of status we do not know ({got}).",
    "not-asked": "the list is asked only when everything else is valid.",
    "list-unreachable": "the issuer's list could not be fetched.",
    "list-unreadable": "the issuer's list could not be read.",
    "list-id": "what was fetched is another list.",
    "list-issuer": "the list is signed by somebody else.",
    "list-stale": "the issuer's list is out of date.",
    "list-not-genuine": "the list's own signature does not hold.",
    "status-range": "its place lies outside the list.",
    "status-length": "the list is too short.",
    "status-encoding": "the list is badly encoded.",
    "status-entry": "the entry in the credential is malformed.",
    "status-verification": "the list is for another purpose.",
    "limit": "there are more lists than one verification may ask for.",
    "set": "the list has a mark whose meaning we do not know.",
    "": "the list could not be used.",
}

HEADLINES = {
    "Valid": "Valid",
    "Valid, but expired": "Valid, but expired",
    "Not valid yet": "Not valid yet",
    "Replaced by a newer one": "Replaced by a newer one",
    "Suspended": "Suspended",
    "Revoked": "Revoked",
    "Not genuine": "Not genuine",
    "Not signed": "Not signed",
    "Signed and locked": "Signed and locked, but no credential",
    "Signed, not locked": "Signed, but not locked",
    "Could not be checked": "Could not be checked",
}

EXPLANATIONS = {
    "Valid": "The content is unchanged since it was issued, and the issuer still stands by it.",
    "Valid, but expired": (
        "It is unchanged since it was issued, but the time for which the issuer made it valid is over."
    ),
    "Not valid yet": (
        "It is unchanged since it was issued, but the issuer made it valid only from a later day."
    ),
    "Replaced by a newer one": "The issuer did issue it, but has issued a corrected one in its place.",
    "Suspended": "The issuer did issue it, but has suspended it for the time being.",
    "Revoked": "The issuer did issue it, but has revoked it for good.",
    "Signed and locked": (
        "It is a PDF that somebody signed and closed against changes. It carries no credential, "
        "so whether what it says is true cannot be checked here."
    ),
    "Signed, not locked": (
        "It is a PDF that somebody signed, in a way that permits changes. It carries no credential, "
        "so whether what it says is true cannot be checked here."
    ),
    "Not genuine": "What is in the file is not what the issuer signed, or the issuer did not sign it.",
    "Not signed": (
        "The PDF has no electronic signature, so the file shows neither who made it nor whether it was "
        "changed. A scan of a paper looks like this, too."
    ),
    "Could not be checked": (
        "Not everything that had to be checked could be checked, so we do not say it is valid."
    ),
}

NEXT_STEPS = {
    "Valid": "See below who the issuer is and how that is known, and whether you trust this issuer.",
    "Valid, but expired": "Ask the person for a current one.",
    "Not valid yet": "Check it again on or after the day it becomes valid.",
    "Replaced by a newer one": "Ask the person for the newer one, which the issuer has issued.",
    "Suspended": "Ask the issuer why, through an address you know, not one from this file.",
    "Revoked": "Do not rely on it. The issuer can tell why, through an address you know.",
    "Signed and locked": "See below who signed it, and ask the signer, through an address you know.",
    "Signed, not locked": "See below who signed it, and ask the signer, through an address you know.",
    "Not genuine": "Do not rely on it. Ask the person for the original file, as it came from the issuer.",
    "Not signed": (
        "Do not rely on the file by itself. If the paper has a QR code or a verification code, check that; "
        "else ask the person for the original file, as it came from the issuer."
    ),
    "Could not be checked": (
        "Try again later, or with a network connection; the list below says what was missing."
    ),
}

IDENTITIES = {
    "nothing": "Who issued this is not known. The name {name} is only what the file says.",
    "key": (
        "All that is known of the issuer is a key. The name {name} is only what the file says; "
        "compare the key with one you got from the institution."
    ),
    "domain": "Whoever controls {domain} issued this. The name {name} is what the issuer calls itself.",
    "organisation": "{name} issued this, as {source} confirms.",
    "accredited": "{name} issued this and was accredited on that day, as {source} confirms.",
    "entitled": "{name} issued this and was entitled to award it, as {source} confirms.",
}

NO_IDENTITY = "Who issued this is not known."
QUOTES = ("“", "”")
OTHER = {
    "valid": "A further check was passed: {code}.",
    "invalid": "A further check was not passed: {code}.",
    "unknown": "A further check could not be run: {code}.",
}
