"""The forms of the page of presets."""

from django import forms
from django.utils.translation import gettext_lazy as _

from playground.runs.models.preset import NAME_CHARACTERS

FOR_ME, FOR_WORKSPACE = "author", "workspace"


class NameForm(forms.Form):
    name = forms.CharField(max_length=NAME_CHARACTERS, label=_("Name"))


class PresetForm(NameForm):
    """A new preset: name and visibility."""

    owner = forms.ChoiceField(
        choices=[(FOR_ME, _("Only me")), (FOR_WORKSPACE, _("Everyone in the workspace"))],
        initial=FOR_ME,
        label=_("For"),
    )
