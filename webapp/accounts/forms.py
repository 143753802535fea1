"""Forms of the account and administration pages. Choices are limited to the administrator's own hospital."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms

from webapp.accounts.models import Department, Membership
from webapp.accounts.selectors import department_list


class SignInForm(LoginForm):  # type: ignore[misc]
    """allauth's, with the labels alone: a placeholder that repeats them goes away while one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ProfileForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class _PlaceForm(forms.Form):
    role = forms.ChoiceField(choices=Membership.Role.choices, initial=Membership.Role.SURGEON)
    department = forms.ModelChoiceField(queryset=Department.objects.none(), required=False, empty_label="No department")

    def __init__(self, *args: Any, admin: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department = self.fields["department"]
        assert isinstance(department, forms.ModelChoiceField)
        department.queryset = department_list(admin)


class MemberAddForm(_PlaceForm):
    email = forms.EmailField(label="Email address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="Name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ("name", "email", "role", "department")


class MemberUpdateForm(_PlaceForm):
    """Role and department of one member."""


class DepartmentAddForm(forms.Form):
    name = forms.CharField(label="Name", max_length=200)
    viewing = forms.ChoiceField(label="Who sees what", choices=Department.Viewing.choices)


class DepartmentViewingForm(forms.Form):
    viewing = forms.ChoiceField(label="Who sees what", choices=Department.Viewing.choices)
