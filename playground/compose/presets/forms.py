"""The forms of the page of presets."""

from django import forms

from playground.runs.models.preset import NAME_CHARACTERS

FOR_ME, FOR_WORKSPACE = "author", "workspace"


class NameForm(forms.Form):
    name = forms.CharField(max_length=NAME_CHARACTERS, label="Name")


class PresetForm(NameForm):
    """A new preset: what it is called and whose it is."""

    owner = forms.ChoiceField(
        choices=[(FOR_ME, "Only me"), (FOR_WORKSPACE, "Everybody in the workspace")],
        initial=FOR_ME,
        label="For",
    )
