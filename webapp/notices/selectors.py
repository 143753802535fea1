"""Reading one's own notices; nobody reads another person's."""

from django.db.models import QuerySet

from webapp.accounts.actors import Actor
from webapp.accounts.models import User
from webapp.notices.models import Notice


def notice_list(actor: Actor) -> "QuerySet[Notice]":
    """Newest first."""
    return Notice.objects.filter(person=actor.person)


def count_unread(person: User) -> int:
    return Notice.objects.filter(person=person, read_at=None).count()
