"""The token that carries a payload: a JWT (RFC 7519) signed with the secret of the moment.

Header exactly `{"typ":"JWT","alg":"HS256"}`; the claims are the payload itself, without iat, exp or iss.
"""

from __future__ import annotations

import warnings
from hashlib import sha256
from typing import Final

from jwt import PyJWS
from jwt.warnings import InsecureKeyLengthWarning

ALGORITHM: Final = "HS256"
FINGERPRINT: Final = 8  # hexadecimal digits


def signed(payload: str, secret: str) -> str:
    """The token of a payload, whose JSON text is signed as it stands."""
    with warnings.catch_warnings():  # how long the secret is, is the ministry's affair
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        return PyJWS().encode(payload.encode(), secret, ALGORITHM, sort_headers=False)


def fingerprint(secret: str) -> str:
    """By which two secrets are told apart in the send log without either standing there."""
    return sha256(b"pantau sparing\0" + secret.encode()).hexdigest()[:FINGERPRINT]
