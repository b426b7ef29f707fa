"""The fields of the page where an owner describes a model; what was typed is always kept."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from playground.catalog.json_text import MOST_CHARACTERS, JSONTextError, read_json
from playground.catalog.models import ModelSpec
from playground.catalog.rules import LONGEST, Rule, RuleError
from playground.schema.values import is_clean

RESERVED = {"new", "preview"}  # words that stand in the addresses of the catalogue itself
MOST_ROWS = 100
MOST_PLACES = 300  # fields that can be arranged; each is five of a request's 4,000
CATEGORIES = ("image", "video", "audio", "music", "3d", "text")
PER = {
    "run": "run",
    "picture": "picture",
    "video": "video",
    "second": "second",
    "audio": "audio file",
}


class CleanText(forms.CharField):
    """A text that can be stored."""

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        if not is_clean(text):
            raise forms.ValidationError("This holds characters that cannot be stored.")
        return text


class JSONText(CleanText):
    """JSON as text; its clean value is the value."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_json(text)
        except JSONTextError as error:
            raise forms.ValidationError(str(error)) from error


class FactsForm(forms.Form):
    """What there is once in a model."""

    title = CleanText(max_length=200)
    slug = CleanText(
        max_length=120,
        label="Name at the provider",
        help_text="The model's name as the provider's API calls it. It cannot be changed later.",
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9_-]+\Z", "Only letters, digits, hyphens and underscores fit here."
            )
        ],
    )
    description = CleanText(
        max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    category = CleanText(
        max_length=40, required=False, widget=forms.TextInput(attrs={"list": "categories"})
    )
    amount = forms.DecimalField(
        label="Price",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    per = forms.ChoiceField(choices=PER.items, required=False)
    schema = JSONText(
        max_length=MOST_CHARACTERS,
        label="JSON Schema",
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 14, "spellcheck": "false", "class": "code-text code-text--schema"}
        ),
    )
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise forms.ValidationError(f"“{slug}” is taken by a page of this program.")
        if not self.fields["slug"].disabled and ModelSpec.objects.filter(slug=slug).exists():
            raise forms.ValidationError("There is a model of this name already. Change that one.")
        return slug

    def clean_schema(self) -> Any:
        schema = self.cleaned_data["schema"]
        if not isinstance(schema, dict):
            raise forms.ValidationError("A model's schema is an object: it begins with {.")
        return schema

    def clean(self) -> dict[str, Any]:
        amount, per = self.cleaned_data.get("amount"), self.cleaned_data.get("per")
        stated = {"amount": f"{amount.normalize():f}", "per": per or "run"} if amount else {}
        return {**self.cleaned_data, "price": stated}


class RuleForm(forms.Form):
    """One condition across fields."""

    rule = CleanText(
        max_length=LONGEST,
        label="Must be true",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "code-text"}),
    )
    message = CleanText(max_length=500, label="What to say where it is not")
    fields_ = CleanText(
        max_length=2_000,
        required=False,
        label="At the fields",
        widget=forms.TextInput(attrs={"placeholder": "size, n"}),
    )

    def clean_rule(self) -> str:
        text: str = self.cleaned_data["rule"]
        try:
            Rule(expression=text, message="", fields=())
        except RuleError as error:
            raise forms.ValidationError(str(error)) from error
        return text

    def clean_fields_(self) -> list[str]:
        names = (each.strip() for each in self.cleaned_data["fields_"].split(","))
        return [name if name.startswith("/") else f"/{name}" for name in names if name]

    @property
    def stored(self) -> dict[str, Any]:
        """The rule in its stored form."""
        clean = self.cleaned_data
        return {"rule": clean["rule"], "message": clean["message"], "fields": clean["fields_"]}


class ExampleForm(forms.Form):
    """Inputs to begin with."""

    inputs = JSONText(
        label="Inputs",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code-text"}),
    )

    def clean_inputs(self) -> Any:
        inputs = self.cleaned_data["inputs"]
        if not isinstance(inputs, dict):
            raise forms.ValidationError("Inputs are an object: they begin with {.")
        return inputs


class PlaceForm(forms.Form):
    """Where one field stands."""

    name = CleanText(required=False, strip=False, widget=forms.HiddenInput)
    title = CleanText(required=False, strip=False, widget=forms.HiddenInput)
    position = forms.IntegerField(min_value=1, max_value=10_000)
    group = CleanText(max_length=100, required=False)
    advanced = forms.BooleanField(required=False)


RuleFormSet = forms.formset_factory(RuleForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
ExampleFormSet = forms.formset_factory(
    ExampleForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)
PlaceFormSet = forms.formset_factory(
    PlaceForm, extra=0, max_num=MOST_PLACES, absolute_max=MOST_PLACES
)
