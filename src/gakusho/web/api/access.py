# SPDX-License-Identifier: Apache-2.0
"""Who a program is: bearer tokens with scopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gakusho.errors import ForbiddenError
from gakusho.issuer import tokens
from gakusho.issuer.access import Actor
from gakusho.web.state import state_of

_bearer = HTTPBearer(auto_error=False, description="An API token of the institution (`gak_…`).")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def scoped(scope: str) -> Callable[[Request, HTTPAuthorizationCredentials | None], Actor]:
    """Give a dependency that answers with the actor whose token has the scope.

    A missing or unknown token is 401, a token without the scope 403.
    """

    def actor(request: Request, credentials: Credentials) -> Actor:
        if credentials is None:
            raise HTTPException(401, "A bearer token is needed.", {"WWW-Authenticate": "Bearer"})
        with state_of(request).work() as work:
            try:
                return tokens.actor_by_token(work, credentials.credentials, scope)
            except ForbiddenError as error:
                if error.code != "token":
                    raise
                raise HTTPException(
                    401, "The token is unknown, expired or revoked.", {"WWW-Authenticate": "Bearer"}
                ) from error

    return actor
