# SPDX-License-Identifier: Apache-2.0
"""What an application may be allowed: the scopes of the 1EdTech interfaces.

Open Badges 3.0, section 6.2.1; Comprehensive Learner Record 2.0, section 6.
"""

from __future__ import annotations

from collections.abc import Iterable

from gakusho.errors import OAuthError

BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/scope/"
RECORDS = "https://purl.imsglobal.org/spec/clr/v2p0/scope/"
READ, UPSERT = "credential.readonly", "credential.upsert"
READ_PROFILE, WRITE_PROFILE = "profile.readonly", "profile.update"
ACTS = (READ, UPSERT, READ_PROFILE, WRITE_PROFILE)
OFFLINE = "offline_access"
"""Asks for a refresh token."""
SCOPES = (*(BADGES + act for act in ACTS), *(RECORDS + act for act in ACTS), OFFLINE)
DESCRIPTIONS = {
    READ: "Permission to read credentials for the authenticated entity.",
    UPSERT: "Permission to create or update credentials for the authenticated entity.",
    READ_PROFILE: "Permission to read the profile for the authenticated entity.",
    WRITE_PROFILE: "Permission to update the profile for the authenticated entity.",
}


def asked(text: str, allowed: Iterable[str]) -> tuple[str, ...]:
    """Give the scopes in a space-separated list, each once, in the order of the standards.

    Raises:
        OAuthError: it is empty, or holds one that is not allowed. RFC 6749, section 3.3.
    """
    wanted = set(text.split())
    if not wanted or not wanted <= set(allowed):
        raise OAuthError("invalid_scope", "The scope is empty, unknown, or more than the client may ask for.")
    if wanted == {OFFLINE}:
        raise OAuthError("invalid_scope", "offline_access alone allows nothing.")
    return tuple(scope for scope in SCOPES if scope in wanted)
