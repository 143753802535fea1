"""What an administrator may filter the audit log by."""

from django import forms

from webapp.audit.actions import Action
from webapp.audit.selectors import AuditFilter


class AuditFilterForm(forms.Form):
    action = forms.ChoiceField(label="What", required=False, choices=[("", "Everything"), *Action.choices])
    person = forms.CharField(label="Who (email)", required=False, max_length=254)
    object_id = forms.CharField(label="Object id", required=False, max_length=64)
    first_day = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def chosen(self) -> AuditFilter:
        """The valid part of what was filled in; a field with an error filters nothing and says so on the page."""
        self.is_valid()
        return AuditFilter(**{name: value for name, value in self.cleaned_data.items() if value})
