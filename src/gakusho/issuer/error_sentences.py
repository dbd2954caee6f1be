# SPDX-License-Identifier: Apache-2.0
"""What went wrong and what to do, in Japanese and English, for every error of the program.

An error carries its English words itself. The Japanese ones stand in ``error_sentences_ja`` and
``error_actions_ja``, those about uploads and batches in ``problem_sentences_ja``, all by error code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gakusho.errors import GakushoError
from gakusho.issuer import error_sentences_keys as document_keys
from gakusho.issuer import error_sentences_kiosk as kiosk
from gakusho.issuer.error_actions_ja import ACTIONS
from gakusho.issuer.error_sentences_ja import SENTENCES
from gakusho.issuer.problem_sentences import STATES, upload_sentences
from gakusho.model.report import Headline
from gakusho.verifier.sentences import headline_words

JAPANESE: Mapping[str, str | tuple[str, ...]] = {**SENTENCES, **kiosk.JAPANESE, **document_keys.JAPANESE}
JAPANESE_ACTIONS: Mapping[str, str] = {
    **ACTIONS,
    **kiosk.JAPANESE_ACTIONS,
    **document_keys.JAPANESE_ACTIONS,
}
ENGLISH_ACTIONS: Mapping[str, str] = {
    **kiosk.ENGLISH_ACTIONS,
    "attachment": "Make it UTF-8 text and try again.",
    "badge.no-credential": "Use the badge that was awarded: the assertion itself.",
    "claim-claimed": "Sign in with the account that claimed it, and open your credentials.",
    "claim-expired": "Ask for a new mail, or ask the institution.",
    "claim-not-needed": "Use the link in the mail you have.",
    "claim-other-address": "Use the link in the mail to the new address.",
    "claim-revoked": "Ask the institution that issued it.",
    "claim-superseded": "Use the link in the mail about the new credential.",
    "claim-too-soon": "Wait a few minutes, and look into the folder for junk mail.",
    "claim-withdrawn": "Use the newest mail, or ask for another one.",
    "database": "Check that the database runs, then try again.",
    "database-full": "Make room on the disk, then go on.",
    "document-key": "Make a P-256 or RSA document key with its certificate.",
    "gone": "Ask the institution that issued it.",
    "institution-exists": "Choose another short name.",
    "institution-url": "Write an address that begins with https://, or leave it empty.",
    "jobs-running": "End the one that runs first.",
    "no-account": "Check the address, or use the one the credential was sent to.",
    "no-app": "Choose one from the list of applications.",
    "oauth-client": "Go back to the application and connect it anew.",
    "oauth-redirect": "Do not go on; tell the makers of the application.",
    "oauth-request": "Go back to the application and try again.",
    "oauth-request-twice": "Tell the makers of the application.",
    "oauth-scope": "Connect anew, and ask the learner for it.",
    "oauth-token": "Use the refresh token, or connect anew.",
    "received-kind": "Send it to the other interface.",
    "received-not-genuine": "Send the file as the issuer gave it.",
    "received-older": "Keep the newer one.",
    "received-own": "Its holder claims it by the link in the mail.",
    "no-copy": "Choose an award that holds and has a PDF.",
    "paper-code": "Take the picture again, or copy all of the text.",
    "paper-code-status": "Issue it without the signed code.",
    "picture": "Send a PNG, JPEG, WebP or TIFF.",
    "no-badge": "Keep the PDF or the JSON instead.",
    "no-format": "Choose another format.",
    "no-institution-address": "Ask the institution's office directly.",
    "no-link": "Check that you copied the whole address.",
    "no-report": "Check the code.",
    "no-share": "Open it from the list of your shares, or ask the person who shared it.",
    "no-such-key": "Ask the issuer whether the key is published.",
    "no-verification": "Check the credential once more, then make the report.",
    "not-approved": "Have the batch approved first.",
    "not-sealed": "Start issuing again; if it stays, check the keys with `gakusho doctor`.",
    "pdf.no-credential": "Use the PDF that has the credential inside.",
    "pdf.unsigned": "Use the original, signed PDF; a printed or re-saved one has no signature.",
    "share-no-download": "If you need the file, ask the person who shared it.",
    "share-stopped": "Make a new share.",
    "rescue-kind": "Give a badge of Open Badges 2.0: JSON, JWS or a baked image.",
    "verify-unreachable": "Check that it is a public https address, or save the file and give that.",
}
"""Instead of the action of the class, where an error names none of its own."""

_VALUES: Mapping[str, str] = {
    **STATES,
    # roles
    "prepare": "作成",
    "approve": "承認",
    "administer": "管理",
    "assertion": "証明書への署名",
    "document": "文書への署名",
}
_TRANSLATED = frozenset({"award-state", "copy-original-state", "not-approved", "forbidden", "no-key"})
"""Codes whose facts are states, roles and purposes of ours, which have Japanese names."""
_HEADLINES = frozenset({"rescue-not-valid", "endorsement-not-valid"})
"""Codes whose facts are the headline of a report."""
_WITH_DAYS = frozenset({"certificate-expired", "certificate-time"})
"""Codes whose facts are days that nobody typed."""
_DAY = re.compile(r"(\d{4})-0?(\d{1,2})-0?(\d{1,2})")
_LESS_SAID = frozenset(
    {
        *document_keys.LESS_SAID,
        *("error", "input", "unreadable", "limit", "conflict", "not-found", "forbidden", "key", "weak-key"),
        *("unreachable", "forbidden-address", "settings", "plugin", "undefined-term", "fault", "usage"),
        *(
            "alignment-unfit",
            "association-type",
            "attachment",
            "award-incomplete",
            "component-unfit",
            "clock",
            "credential-member",
            "credential-rules",
            "database",
            "endorsement-incomplete",
            "endorsement-unfit",
        ),
        *("did", "document-key", "files-full", "idempotency-key", "image", "image-active", "jws", "ledger"),
        *("mail-server", "method", "no-issuer", "no-secret", "not-sealed", "not-written", "own-output"),
        *("cose", "document-unfit", "sd-jwt"),
        *("document-certificate", "pkcs12", "document-level", "pdf.not-archived"),
        *("timestamp", "timestamp-refused", "timestamp-closed", "timestamp-token"),
        *("revocation", "revocation-data", "certificate-revoked"),
        *("archive-authority", "archive-file", "archive-format", "archive-prefix", "archive-lapsed"),
        *("pdf.sign", "pdf.unreadable", "same-id", "template", "template-differs", "typesetting", "scopes"),
    }
)
"""Codes whose Japanese sentence says less than the English one, because its reason is in English."""
_PLACE = re.compile(r"\{(\w+)(#?)\}")
_LONGEST = 200


def error_sentence(error: GakushoError, language: str) -> str:
    """Give what went wrong, as a sentence in Japanese (``ja``) or English (any other language)."""
    if language != "ja":
        words = _of_upload(error, language)
        return words[0] if words else str(error)
    if words := _of_upload(error, language):
        return words[0]
    code = next(code for code in _codes(error) if code in JAPANESE)
    return _filled(JAPANESE[code], code, error.facts)


def error_action(error: GakushoError, language: str) -> str:
    """Give what to do, as a sentence in Japanese (``ja``) or English (any other language)."""
    if language != "ja":
        if words := _of_upload(error, language):
            return words[1]
        own = error.action != type(error).action
        return error.action if own else ENGLISH_ACTIONS.get(error.code, error.action)
    if words := _of_upload(error, language):
        return words[1]
    return next(JAPANESE_ACTIONS[code] for code in _codes(error) if code in JAPANESE_ACTIONS)


def error_detail(error: GakushoError, language: str) -> str:
    """Give the error's own English words where those in the language say less; else nothing.

    They are shown on a line of their own, never inside a sentence of another language.
    """
    if language != "ja" or _of_upload(error, language):
        return ""
    if error.code in JAPANESE and error.code not in _LESS_SAID:
        return ""
    own = error.action != type(error).action
    return f"{error} {error.action}" if own else str(error)


def _of_upload(error: GakushoError, language: str) -> tuple[str, str] | None:
    return None if error.code in JAPANESE else upload_sentences(error, language)


def _codes(error: GakushoError) -> Iterator[str]:
    """Give the code of the error, then those of its classes from the narrowest to the widest."""
    yield error.code
    for kind in type(error).__mro__:
        if issubclass(kind, GakushoError):
            yield kind.code


def _filled(words: str | tuple[str, ...], code: str, facts: Mapping[str, object]) -> str:
    """Give the first of the sentences whose places can all be filled; one without places always can."""
    given = {name: _shown(value, code) for name, value in facts.items() if str(value).strip()}
    for sentence in (words,) if isinstance(words, str) else words:
        places = _PLACE.findall(sentence)
        if all(name in given and (not number or _is_number(given[name])) for name, number in places):
            return _PLACE.sub(lambda place: _placed(given[place[1]], number=bool(place[2])), sentence)
    return "うまくいきませんでした。"


def _shown(value: object, code: str) -> str:
    text = " ".join(str(value).split())
    if code in _TRANSLATED:
        text = "・".join(_VALUES.get(part, part) for part in text.split(", "))
    if code in _HEADLINES and text in set(Headline):
        text = headline_words(Headline(text), "ja")
    if code in _WITH_DAYS:
        text = _DAY.sub(r"\1年\2月\3日", text).replace(" – ", "〜").replace("– ", "〜")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _placed(text: str, *, number: bool) -> str:
    return f"{int(text):,}" if number and len(text) <= 18 else text
