import hashlib
import json
import uuid
from functools import cached_property, lru_cache
from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext, gettext_lazy

from playground.addresses import address_of_slug
from playground.catalog import translations
from playground.catalog.checked_form import CheckedForm, make_form, read_form
from playground.catalog.makes import guess_output_kind
from playground.catalog.pricing import Cost, Pricing, read_pricing
from playground.columns import OrderedJSONField
from playground.providers import registry
from playground.schema import Note, SchemaError, SchemaForm
from playground.schema.drawing import markdown
from playground.schema.translation import language
from playground.teams import providers_in_use
from playground.teams.models import Workspace

# Categories of many providers; others are displayed unchanged.
CATEGORIES = {
    "image": gettext_lazy("image"),
    "video": gettext_lazy("video"),
    "audio": gettext_lazy("audio"),
    "music": gettext_lazy("music"),
    "text": gettext_lazy("text"),
}
WORKSPACE, EVERYBODY = "workspace", "everybody"  # owner of a model


class ModelSpecQuerySet(models.QuerySet["ModelSpec"]):
    def current(self, workspace: Workspace) -> Self:
        """Return the newest version of each model that a workspace can choose, sorted by title."""
        return self.newest(workspace).filter(is_retired=False)

    def newest(self, workspace: Workspace) -> Self:
        """Return the newest version of each model that a workspace has, retired ones included.

        These are its own and the installation's; its own replaces the installation's of the same
        slug. The sandbox's models are included while it runs.
        """
        idle = providers_in_use.idle_stand_ins()
        current = self.filter(is_current=True).exclude(provider__in=idle)
        own = ModelSpec.objects.of(workspace).filter(is_current=True)
        replaced = models.Q(slug__in=own.values("slug"))
        theirs = models.Q(workspace=workspace) | (models.Q(workspace=None) & ~replaced)
        return current.filter(theirs).order_by("title")

    def of(self, workspace: Workspace | None) -> Self:
        """Return every version of the models of a workspace; of the installation for None."""
        return self.filter(workspace=workspace)

    def search(self, words: str) -> list["ModelSpec"]:
        """Return the models that contain all words, in the active language or their own."""
        wanted = words.casefold().split()[:10]
        return [spec for spec in self if all(word in spec.card_words for word in wanted)]

    def publish(
        self, slug: str, *, workspace: Workspace | None = None, made_by: str = "", **facts: Any
    ) -> "ModelSpec":
        """Make `facts` the current version of a model. Idempotent for the same facts.

        workspace  owner of the model; None for the installation
        made_by author, "" for models that are shipped
        """
        new = ModelSpec(slug=slug, workspace=workspace, made_by=made_by, **facts)
        new.digest = new.read_digest()
        with transaction.atomic():
            versions = self.of(workspace).filter(slug=slug)
            newest = versions.select_for_update().order_by("-version").first()
            current = versions.filter(is_current=True).first()
            if current and current.digest == new.digest:
                return current
            versions.update(is_current=False)
            new.version = newest.version + 1 if newest else 1
            new.is_retired = bool(current and current.is_retired)
            new.save()
        return new

    def retire(self, slug: str, *, is_retired: bool, workspace: Workspace | None = None) -> None:
        """Retire a model, or offer it again; sets all its versions."""
        self.of(workspace).filter(slug=slug).update(is_retired=is_retired)

    def drop(self, slug: str, workspace: Workspace) -> None:
        """Remove a workspace's own model, which replaced the installation's."""
        self.of(workspace).filter(slug=slug).update(is_current=False, is_retired=False)


class ModelSpec(models.Model):
    """One version of one model: input schema, price, rules.

    Its facts are immutable once saved: runs refer to the version that they were made with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # null for a model of the installation, which all workspaces have
    workspace = models.ForeignKey(
        Workspace, models.CASCADE, null=True, blank=True, related_name="models"
    )
    slug = models.SlugField(max_length=120)  # the provider's id of the model
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    is_retired = models.BooleanField(default=False, db_default=False)
    made_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    # Slug of its provider, one of `registry.real()`.
    provider = models.CharField(
        max_length=20, default=registry.DEFAULT, db_default=registry.DEFAULT
    )
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=40, blank=True, default="", db_default="")
    schema = OrderedJSONField()
    rules = OrderedJSONField(default=list, blank=True)
    price = OrderedJSONField(default=dict, blank=True)
    examples = OrderedJSONField(default=list, blank=True)

    objects = ModelSpecQuerySet.as_manager()

    FACTS = (
        *("provider", "title", "description", "category"),
        *("schema", "rules", "price", "examples"),
    )

    class Meta:
        # Two for each rule, because nulls are distinct in a unique index.
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version"],
                condition=models.Q(workspace=None),
                name="modelspec_version_once",
            ),
            models.UniqueConstraint(
                fields=["workspace", "slug", "version"],
                condition=models.Q(workspace__isnull=False),
                name="modelspec_own_version_once",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=models.Q(is_current=True, workspace=None),
                name="modelspec_one_current",
            ),
            models.UniqueConstraint(
                fields=["workspace", "slug"],
                condition=models.Q(is_current=True, workspace__isnull=False),
                name="modelspec_own_one_current",
            ),
        ]

    def __str__(self) -> str:
        words = {"title": self.shown_title, "version": self.version}
        return gettext("%(title)s, version %(version)s") % words

    def get_absolute_url(self) -> str:
        return address_of_slug("playground", self.slug)

    @property
    def shown_title(self) -> str:
        """The title in the active language."""
        return translations.find_title(self.schema) or self.title

    @property
    def titles(self) -> list[str]:
        """The title, then its distinct translations."""
        return [*dict.fromkeys([self.title, *translations.list_titles(self.schema)])]

    @property
    def shown_category(self) -> str:
        """The category, translated if it is a known one."""
        return str(CATEGORIES.get(self.category.casefold(), self.category))

    @property
    def card_words(self) -> str:
        """The searchable text, in its own and the active language."""
        own = (self.title, self.slug, self.description, self.category)
        return " ".join([*own, self.shown_title, self.about, self.shown_category]).casefold()

    @property
    def about(self) -> str:
        """The description in the active language, as one line without Markdown."""
        return markdown.plain(translations.find_description(self.schema) or self.description)

    @property
    def shown_examples(self) -> list[Any]:
        """The examples in the active language."""
        return translations.find_examples(self.schema, self.examples)

    @property
    def makes(self) -> str:
        """The kind of output: "pictures", "videos", "sounds", "texts" or "results"."""
        words = f"{self.title} {self.slug} {self.description}"
        return guess_output_kind(self.category, words, self.schema)

    @property
    def audience(self) -> str:
        """The owner, as in URLs and forms."""
        return WORKSPACE if self.workspace_id else EVERYBODY

    @property
    def edit_address(self) -> str:
        """The URL of the page that edits it, unique also if another model has the same slug."""
        return f"{address_of_slug('edit_model', self.slug)}?for={self.audience}"

    @property
    def replaces_another(self) -> bool:
        """Whether it is a workspace's and the installation has a model of the same slug."""
        shared = ModelSpec.objects.of(None).filter(is_current=True, slug=self.slug)
        return self.audience == WORKSPACE and shared.exists()

    @property
    def facts(self) -> dict[str, Any]:
        """The arguments of `publish`."""
        return {name: getattr(self, name) for name in self.FACTS}

    @property
    def pricing(self) -> Pricing:
        """The price with the provider in use."""
        return read_pricing(self.price, self.provider_in_use)

    @property
    def provider_in_use(self) -> str:
        """The slug of the provider in use: its own, or the sandbox that replaces it."""
        return providers_in_use.provider_for(self.provider)

    @property
    def provider_name(self) -> str:
        return providers_in_use.name_of(self.provider)

    @property
    def is_of_sandbox(self) -> bool:
        """Whether only the sandbox has it."""
        return bool(registry.get(self.provider).stands_in_for)

    @property
    def price_in_words(self) -> str:
        """Like "$0.0315 per picture"; "" if unknown."""
        return self.pricing.words

    def estimate_cost(self, inputs: Any) -> Cost | None:
        """Return the price of a run by the catalogue; None if it has none.

        inputs  any JSON value, valid or not
        """
        return self.pricing.estimate(self.schema, inputs)

    def weigh_cost(self, inputs: Any) -> Cost:
        """Return the cost of a run relative to others of this model; above zero."""
        return self.pricing.weigh(self.schema, inputs)

    def read_digest(self) -> str:
        """Return a digest of the version, which depends on the order of keys, as it is visible.

        The default provider is omitted, as in digests of earlier versions of the program.
        """
        facts = self.facts
        if self.provider == registry.DEFAULT:
            del facts["provider"]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    @property
    def form(self) -> SchemaForm:
        return self._checked.form

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes on parts of the schema and rules that do not work as it seems."""
        return self._checked.notes

    @property
    def _checked(self) -> CheckedForm:
        """The form and its notes, cached for each language, as notes are texts."""
        code = language()
        if code not in self._checked_by_language:
            self._checked_by_language[code] = self._check()
        return self._checked_by_language[code]

    @cached_property
    def _checked_by_language(self) -> dict[str, CheckedForm]:
        return {}

    def _check(self) -> CheckedForm:
        try:
            return read_form(self.schema, self.rules)
        except SchemaError as error:  # it was valid when saved; edit the inputs as plain JSON
            note = Note(pointer="", message=str(error))
            return CheckedForm(form=make_form(self.schema), notes=(note,))


@lru_cache(maxsize=256)
def form_of(pk: uuid.UUID) -> SchemaForm:
    """Return the form of one version of a model; cached, because a version is immutable.

    The form uses the active language.
    """
    return ModelSpec.objects.only("schema", "rules").get(pk=pk).form
