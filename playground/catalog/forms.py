"""The forms of the page that edits a model; invalid input is kept for correction."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from playground.catalog.almost_json import read_almost
from playground.catalog.cel import AMOUNTS, LONGEST, ExpressionError
from playground.catalog.editors import AUDIENCES, Editor
from playground.catalog.json_text import MOST_CHARACTERS
from playground.catalog.models import ModelSpec
from playground.catalog.pricing import PER, write_price
from playground.catalog.rules import Rule, RuleError
from playground.providers import registry
from playground.schema import JSONError
from playground.schema.values import is_clean
from playground.teams import providers_in_use
from playground.teams.models import Workspace

mark_safe_lazy = lazy(mark_safe, str)

RESERVED = {"new", "preview"}  # path segments of the catalogue's own URLs
MOST_ROWS = 100
MOST_PLACES = 300  # fields that can be arranged; each is five of a request's 4,000
CATEGORIES = ("image", "video", "audio", "music", "3d", "text")


class CleanText(forms.CharField):
    """A text that can be stored."""

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        if not is_clean(text):
            raise forms.ValidationError(_("This contains characters that cannot be stored."))
        return text


class JSONText(CleanText):
    """JSON as text; the clean value is the parsed one."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_almost(text)
        except JSONError as error:
            raise forms.ValidationError(str(error)) from error


class FactsForm(forms.Form):
    """The single-valued fields of a model."""

    title = CleanText(label=_("Title"), max_length=200)
    slug = CleanText(
        max_length=120,
        label=_("Model ID"),
        help_text=_("The model’s name in the provider’s API. It cannot be changed later."),
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9_-]+\Z", _("Use only letters, digits, hyphens and underscores.")
            )
        ],
    )
    provider = forms.ChoiceField(
        label=_("Provider"),
        help_text=_("It runs the model, and runs are paid with a key of this provider."),
    )
    description = CleanText(
        label=_("Description"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    audience = forms.ChoiceField(
        label=_("Available to"),
        required=False,
        help_text=_("This cannot be changed later."),
    )
    category = CleanText(
        label=_("Category"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    amount = forms.DecimalField(
        label=_("Price"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    per = forms.ChoiceField(label=_("per"), choices=PER.items, required=False)
    likely = CleanText(
        max_length=LONGEST,
        required=False,
        label=_("Expected cost of a run"),
        help_text=mark_safe_lazy(
            _(
                "If it depends on more than the number of results: an expression in "
                '<a href="https://cel.dev">CEL</a> with <code>self</code>, the inputs with their '
                "defaults, and <code>amount</code>, the price above. For example: "
                "<code>amount * double(self.n)</code>."
            )
        ),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "code-text"}),
    )
    most = CleanText(
        max_length=LONGEST,
        required=False,
        label=_("Maximum cost of a run"),
        help_text=_("Budgets reserve it, and people confirm it. Leave blank if it is the same."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "code-text"}),
    )
    schema = JSONText(
        max_length=MOST_CHARACTERS,
        label=_("JSON Schema"),
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 14, "spellcheck": "false", "class": "code-text code-text--schema"}
        ),
    )
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    # Notes on how the schema was found, one per line.
    reading_notes = CleanText(required=False, max_length=20_000, widget=forms.HiddenInput)

    # The stored price; it is kept if unchanged, including prices of other providers.
    stored_price: Mapping[str, Any] = {}

    def __init__(self, *args: Any, editor: Editor, is_new: bool, **kwargs: Any) -> None:
        """Make the fields for a user who may edit models.

        is_new  whether slug and owner can still be chosen
        """
        super().__init__(*args, **kwargs)
        self.editor = editor
        self.fields["slug"].disabled = not is_new
        choices = [(each, AUDIENCES[each]) for each in editor.audiences]
        if is_new and len(choices) > 1:
            cast("forms.ChoiceField", self.fields["audience"]).choices = choices
        else:
            del self.fields["audience"]
        self.offer_providers()

    def offer_providers(self) -> None:
        """Add the choice of a provider if there are several."""
        before = self.initial.get("provider") or registry.DEFAULT
        offered = [each.slug for each in registry.real()]
        if len({*offered, before}) == 1:
            del self.fields["provider"]
            return
        known = offered if before in offered else [*offered, before]
        field = cast("forms.ChoiceField", self.fields["provider"])
        field.choices = [(slug, registry.get(slug).name) for slug in known]
        field.initial = before

    @property
    def provider_slug(self) -> str:
        """The slug of the chosen provider, or the previous one."""
        chosen = self.cleaned_data.get("provider") if "provider" in self.fields else None
        return str(chosen or self.initial.get("provider") or registry.DEFAULT)

    @property
    def note_lines(self) -> list[str]:
        return str(self["reading_notes"].value() or "").splitlines()

    @property
    def workspace(self) -> Workspace | None:
        """The workspace of a new model; None for the installation."""
        return self.editor.workspace_for(self.cleaned_data.get("audience", ""))

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            words = _("“%(slug)s” is the address of another page. Choose another ID.")
            raise forms.ValidationError(words % {"slug": slug})
        return slug

    def clean_schema(self) -> Any:
        schema = self.cleaned_data["schema"]
        if not isinstance(schema, dict):
            raise forms.ValidationError(_("A model’s schema is an object: it begins with {."))
        return schema

    def clean_likely(self) -> str:
        return self._clean_expression("likely")

    def clean_most(self) -> str:
        return self._clean_expression("most")

    def _clean_expression(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        try:
            if text:
                AMOUNTS.check(text)
        except ExpressionError as error:
            raise forms.ValidationError(str(error)) from error
        return text

    def find_namesake(self) -> str:
        """Return the error if another model has this name already; "" if none has.

        Models of other workspaces do not count and are not revealed.
        """
        slug, workspace = self.cleaned_data.get("slug", ""), self.workspace
        if ModelSpec.objects.of(workspace).filter(slug=slug, is_current=True).exists():
            return gettext("There is already a model with this ID. Edit that one.")
        if workspace and ModelSpec.objects.newest(workspace).filter(slug=slug).exists():
            return gettext(
                "The installation already has a model with this ID. Copy it to the workspace and "
                "edit the copy."
            )
        return ""

    def clean(self) -> dict[str, Any]:
        if not self.fields["slug"].disabled and (problem := self.find_namesake()):
            self.add_error("slug", problem)
        clean = self.cleaned_data
        in_use = providers_in_use.provider_for(self.provider_slug)
        price = write_price(clean, self.stored_price, in_use)
        return {**clean, "provider": self.provider_slug, "price": price}


class RuleForm(forms.Form):
    """One condition across fields."""

    rule = CleanText(
        max_length=LONGEST,
        label=_("Condition"),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "code-text"}),
    )
    message = CleanText(max_length=500, label=_("Message if it is not met"))
    fields_ = CleanText(
        max_length=2_000,
        required=False,
        label=_("At the fields"),
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
    """One example of inputs."""

    inputs = JSONText(
        label=_("Inputs"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code-text"}),
    )

    def clean_inputs(self) -> Any:
        inputs = self.cleaned_data["inputs"]
        if not isinstance(inputs, dict):
            raise forms.ValidationError(_("Inputs are an object: they begin with {."))
        return inputs


class PlacementForm(forms.Form):
    """The placement of one field in the form."""

    name = CleanText(required=False, strip=False, widget=forms.HiddenInput)
    title = CleanText(required=False, strip=False, widget=forms.HiddenInput)
    position = forms.IntegerField(label=_("Position"), min_value=1, max_value=10_000)
    group = CleanText(label=_("Group"), max_length=100, required=False)
    advanced = forms.BooleanField(label=_("Advanced"), required=False)


RuleFormSet = forms.formset_factory(RuleForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
ExampleFormSet = forms.formset_factory(
    ExampleForm, extra=0, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)
PlacementFormSet = forms.formset_factory(
    PlacementForm, extra=0, max_num=MOST_PLACES, absolute_max=MOST_PLACES
)
