"""Small secrets that have to be read again (keys to sign with, names of patients): sealed in the database.

The key comes of DEBRIEF_SECRET_KEY, which is not in the database: a copy of it alone opens nothing.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from webapp.lib.errors import Conflict


class SealBroken(Conflict):
    """This was sealed with another DEBRIEF_SECRET_KEY and cannot be read any more."""

    default_code = "seal_broken"


def seal(text: str, *, purpose: str) -> str:
    """`purpose` keeps what was sealed for one thing from being read as another."""
    return _box(purpose).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str, *, purpose: str) -> str:
    """Raises SealBroken."""
    try:
        return _box(purpose).decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _box(purpose: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"debrief.{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
