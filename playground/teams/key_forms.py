"""The forms of the page of keys."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.teams.models import ApiKey, Service, Workspace

# Letters of a keyboard that typed nothing, or a whole file that was pasted.
SHORTEST, LONGEST = 8, 500
NAME_CHARACTERS = 60


class NewKeyForm(forms.Form):
    """A key to add. Unlike all else that is typed, the key itself is never shown again."""

    secret = forms.CharField(
        label=gettext_lazy("API key"),
        help_text=gettext_lazy(
            "It is checked with the service, which charges nothing, and stored encrypted. It is "
            "never shown again, also not after a mistake: then paste it once more."
        ),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("To tell it from the others, as “Team account”."),
        required=False,
        max_length=NAME_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    service = forms.ChoiceField(label=gettext_lazy("Service"), choices=Service.choices)
    is_wanted = forms.BooleanField(
        label=gettext_lazy("Pay new runs with it"), required=False, initial=True
    )

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        if Service.in_use() == Service.MINDVIDEO:
            del self.fields["service"]
        else:
            self.fields["service"].initial = Service.in_use()

    @property
    def chosen_service(self) -> Service:
        return Service(self.cleaned_data.get("service") or Service.MINDVIDEO)

    def clean(self) -> dict[str, Any]:
        """Refuse a key that is stored already: two rows of it would be told apart by nobody."""
        cleaned: dict[str, Any] = super().clean() or {}
        secret = cleaned.get("secret")
        if secret and (not self.fields.get("service") or cleaned.get("service")):
            known = ApiKey.objects.find(self.workspace, self.chosen_service, secret)
            if known is not None:
                self.add_error("secret", _("It is stored already: %(key)s.") % {"key": known})
        return cleaned


class RenameForm(forms.Form):
    name = forms.CharField(max_length=NAME_CHARACTERS)
