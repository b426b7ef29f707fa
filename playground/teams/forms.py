"""The forms of the pages about people."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from playground.teams.models import Workspace
from playground.teams.roles import ROLE_DESCRIPTIONS, Role

NAME_TAKEN = _("This name is taken. Choose another.")
WHO = {
    "workspace": _("Everyone in the workspace"),
    "author": _("Only the person who starts it"),
}
DAYS = {1: _("one day"), 7: _("a week"), 30: _("30 days")}


def role_choices() -> list[tuple[str, str]]:
    return [
        (role.value, _("%(role)s: %(may)s") % {"role": role.label, "may": ROLE_DESCRIPTIONS[role]})
        for role in reversed(Role)
    ]


class InvitationForm(forms.Form):
    """The role and lifetime of an invitation."""

    role = forms.ChoiceField(choices=role_choices, initial=Role.MEMBER, label=_("Role"))
    days = forms.TypedChoiceField(choices=DAYS.items, coerce=int, initial=7, label=_("Valid for"))
    note = forms.CharField(
        max_length=100, required=False, label=_("For whom"), help_text=_("Note to self.")
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class WorkspaceForm(forms.Form):
    name = forms.CharField(max_length=100, label=_("Workspace name"))


class GeneralForm(WorkspaceForm):
    """Settings of a workspace."""

    unit = forms.CharField(
        max_length=12,
        required=False,
        label=_("Unit of money"),
        help_text=_(
            "A sign, a code or a word: $, EUR, credits. Leave blank for numbers alone. Amounts are "
            "not converted."
        ),
        validators=[RegexValidator(r"\d", _("Use no digits."), inverse_match=True)],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    shares_runs = forms.TypedChoiceField(
        label=_("Who sees a new run"),
        choices=WHO.items,
        coerce=lambda value: value == "workspace",
        help_text=_("People can change this for each run."),
    )
    measures_display = forms.BooleanField(
        required=False,
        label=_("Measure when pictures appear"),
        help_text=_(
            "The browser of a run's author then says when its pictures became visible. The run's "
            "page has it under Durations."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_("For members who have not chosen one."),
    )

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        names = ("name", "unit", "language", "measures_display")
        initial = {name: getattr(workspace, name) for name in names}
        initial["shares_runs"] = "workspace" if workspace.shares_runs else "author"
        super().__init__(*args, **(kwargs | {"initial": initial}))
        self.workspace = workspace
        if len(settings.LANGUAGES) > 1:
            choices = [("", _("Language of the browser")), *settings.LANGUAGES]
            self.fields["language"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        else:
            del self.fields["language"]

    def list_changes(self) -> dict[str, str]:
        """Return the audit facts of the changed fields."""
        changes: dict[str, str] = {}
        for name in self.changed_data:
            before, now = self.initial[name], self.data.get(name, "")
            changes |= {
                "name": {"renamed_from": before},
                "shares_runs": {"runs_shown_to": now},
                "measures_display": {"measures_display": "yes" if now else "no"},
            }.get(name, {name: f"{before} → {now}"})
        return changes

    def save(self) -> None:
        for name in self.fields:
            setattr(self.workspace, name, self.cleaned_data[name])
        self.workspace.save(update_fields=list(self.fields))


class AccountForm(forms.Form):
    """Username and password of a new account."""

    username = forms.CharField(
        max_length=150,
        label=_("Username"),
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        required=False,
        label=_("Email"),
        help_text=_("Optional. Used to reset your password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        max_length=1_000,
        strip=False,
        label=_("Password"),
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
    """The account of the first owner, with the setup token."""

    token = forms.CharField(
        max_length=200,
        label=_("Setup token"),
        help_text=_("Printed by make serve and by manage.py people setup."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    workspace = forms.CharField(
        max_length=100,
        label=_("Workspace name"),
        help_text=_("For example, the name of your team. You can change it later."),
    )
