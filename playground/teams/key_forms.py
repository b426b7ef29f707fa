"""The forms of the page of API keys."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.providers import registry
from playground.providers.protocol import Provider
from playground.teams import providers_in_use
from playground.teams.models import ApiKey, Workspace

# Control characters, or a whole pasted file.
SHORTEST, LONGEST = 8, 500
NAME_CHARACTERS = 60


class NewKeyForm(forms.Form):
    """A key to add. Unlike other fields, the key is not shown again after an error."""

    secret = forms.CharField(
        label=gettext_lazy("API key"),
        help_text=gettext_lazy(
            "We check the key (free) and store it encrypted. You won’t see it again."
        ),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Optional, for example “Team account”."),
        required=False,
        max_length=NAME_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    provider = forms.ChoiceField(label=gettext_lazy("Provider"))
    is_wanted = forms.BooleanField(
        label=gettext_lazy("Use for new runs"), required=False, initial=True
    )

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        in_use = providers_in_use.list_all()
        self.choices = in_use + [each for each in registry.real() if each not in in_use]
        if len(self.choices) == 1:
            del self.fields["provider"]
        else:
            field = cast("forms.ChoiceField", self.fields["provider"])
            field.choices = [
                (each.slug, providers_in_use.name_of(each.slug)) for each in self.choices
            ]

    @property
    def key_pages(self) -> list[Provider]:
        """The providers whose API keys people enter."""
        return [each for each in self.choices if each.keys_url]

    @property
    def chosen_provider(self) -> str:
        """The slug of the chosen provider; the first provider if none is chosen."""
        return str(self.cleaned_data.get("provider") or self.choices[0].slug)

    def clean(self) -> dict[str, Any]:
        """Refuse a key that is already stored: nobody could distinguish the two rows."""
        cleaned: dict[str, Any] = super().clean() or {}
        secret = cleaned.get("secret")
        if secret and (not self.fields.get("provider") or cleaned.get("provider")):
            known = ApiKey.objects.find(self.workspace, self.chosen_provider, secret)
            if known is not None:
                self.add_error("secret", _("It is stored already: %(key)s.") % {"key": known})
        return cleaned


class RenameForm(forms.Form):
    name = forms.CharField(max_length=NAME_CHARACTERS)
