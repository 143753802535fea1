"""settings.SESSION_ENGINE: sessions in the database, as Django keeps them, but a locked database is called by its name.

Django's store says UpdateError for everything that went wrong while saving, and that means "signed out elsewhere": a
person whose session is whole would be told to sign in again because another program holds the database.
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError if the session was ended meanwhile, OperationalError if the database did not answer."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise
