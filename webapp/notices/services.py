"""Telling people: a row first, and a mail after commit that says no more than the row."""

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from webapp.accounts.actors import Actor
from webapp.accounts.models import Hospital, User
from webapp.lib.commits import after_commit
from webapp.notices.models import Notice

SUBJECT = "Debrief: news of your reports"
FOOT = "Sign in to Debrief to read it. This message holds nothing of a patient, and needs no answer."


def notice_send(people: Iterable[User], *, hospital: Hospital, text: str, url: str) -> None:
    """Each once. In the caller's transaction; what is rolled back was never told."""
    told = {person.pk: person for person in people if person.is_active}
    Notice.objects.bulk_create(Notice(person=person, hospital=hospital, text=text, url=url) for person in told.values())
    if settings.HAS_MAIL and told:
        after_commit(_mail, [person.email for person in told.values()], text)


def notices_forget(*, url_prefix: str) -> None:
    """What they pointed at is gone."""
    Notice.objects.filter(url__startswith=url_prefix).delete()


def notices_read(*, actor: Actor) -> None:
    """All that are there now."""
    Notice.objects.filter(person=actor.person, read_at=None).update(read_at=timezone.now())


def _mail(addresses: list[str], text: str) -> None:
    """One a person: nobody learns who else was told."""
    for address in addresses:
        send_mail(SUBJECT, f"{text}\n\n{FOOT}\n", settings.DEFAULT_FROM_EMAIL, [address])
