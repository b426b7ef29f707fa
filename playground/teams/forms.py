"""The forms of the pages about people."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)

from playground.teams.roles import ROLE_DESCRIPTIONS, Role

NAME_TAKEN = "Somebody has this name already. Choose another."
DAYS = {1: "one day", 7: "a week", 30: "30 days"}


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, f"{role.label}: {ROLE_DESCRIPTIONS[role]}") for role in reversed(Role)]


class InvitationForm(forms.Form):
    """The role and lifetime of an invitation."""

    role = forms.ChoiceField(choices=role_choices, initial=Role.MEMBER)
    days = forms.TypedChoiceField(choices=DAYS.items, coerce=int, initial=7, label="Good for")
    note = forms.CharField(
        max_length=100, required=False, label="For whom", help_text="Only to remember it by."
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class WorkspaceForm(forms.Form):
    name = forms.CharField(max_length=100, label="Name of the workspace")


class AccountForm(forms.Form):
    """A new person: the name and password that they choose."""

    username = forms.CharField(
        max_length=150,
        label="User name",
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        required=False,
        label="E-mail",
        help_text="May be left blank. A forgotten password is set anew by it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        max_length=1_000,
        strip=False,
        label="Password",
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_username(self) -> str:
        name: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(NAME_TAKEN)
        return name

    def clean(self) -> dict[str, Any]:
        facts = {name: self.cleaned_data.get(name, "") for name in ("username", "email")}
        if password := self.cleaned_data.get("password"):
            try:
                validate_password(password, User(**facts))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return self.cleaned_data

    def make(self) -> User:
        facts = {name: self.cleaned_data[name] for name in ("username", "email", "password")}
        return User.objects.create_user(**facts)


class SetupForm(AccountForm):
    """The first person, and what only the first one knows."""

    token = forms.CharField(
        max_length=200,
        label="Setup token",
        help_text="make serve prints it, and so does manage.py people setup.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    workspace = forms.CharField(
        max_length=100,
        label="Name of the workspace",
        help_text="Of your team, say. It can be changed later.",
    )
