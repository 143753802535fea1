"""Forms of the pages about tokens, clients and webhooks."""

from django import forms

from webapp.accounts.models import Membership
from webapp.api.models import ApiClient, Webhook
from webapp.api.scopes import SCOPES
from webapp.api.services import TOKEN_DAYS_MAX
from webapp.api.webhooks.events import EVENT_TYPES

SCOPE_CHOICES = [(name, f"{scope.words} ({name})") for name, scope in SCOPES.items()]
READING = [name for name in SCOPES if name.endswith(":read")]


class _Checks(forms.CheckboxSelectMultiple):
    use_fieldset = True


def _scopes() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label="What it may reach", choices=SCOPE_CHOICES, widget=_Checks, initial=READING)


class TokenForm(forms.Form):
    name = forms.CharField(label="What it is for", max_length=100)
    num_days = forms.IntegerField(label="Good for how many days", min_value=1, max_value=TOKEN_DAYS_MAX, initial=90)
    scopes = forms.MultipleChoiceField(
        label="What it may reach", choices=SCOPE_CHOICES, widget=_Checks, initial=READING
    )


class ClientForm(forms.Form):
    name = forms.CharField(label="Name of the system", max_length=100)
    role = forms.ChoiceField(label="Its role", choices=Membership.Role.choices, initial=Membership.Role.REVIEWER)
    scopes = forms.MultipleChoiceField(
        label="What it may reach", choices=SCOPE_CHOICES, widget=_Checks, initial=READING
    )
    auth_method = forms.ChoiceField(
        label="How it proves itself",
        choices=ApiClient.AuthMethod.choices,
        initial=ApiClient.AuthMethod.PRIVATE_KEY,
    )
    jwks_uri = forms.CharField(
        label="Where its public keys are published",
        max_length=500,
        required=False,
        help_text="For a client that signs.",
    )
    jwks = forms.CharField(
        label="Or the keys themselves (JWKS)",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class WebhookForm(forms.Form):
    name = forms.CharField(label="Name", max_length=100)
    url = forms.CharField(label="Address of the receiver", max_length=500, help_text="https://…")
    event_types = forms.MultipleChoiceField(
        label="What it is told of",
        choices=[(name, f"{words} ({name})") for name, words in EVENT_TYPES.items()],
        widget=_Checks,
        initial=["video.ready", "answer.finished"],
    )
    signing = forms.ChoiceField(label="How it is signed", choices=Webhook.Signing.choices)
