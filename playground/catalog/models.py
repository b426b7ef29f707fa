import hashlib
import json
import uuid
from functools import cached_property
from typing import Any, Self

from django.db import models, transaction
from django.urls import reverse

from playground.catalog.rules import Rule
from playground.columns import OrderedJSONField
from playground.schema import SchemaForm


class ModelSpecQuerySet(models.QuerySet["ModelSpec"]):
    def current(self) -> Self:
        """Return the newest version of each model, in the order of their titles."""
        return self.filter(is_current=True).order_by("title")

    def publish(self, slug: str, **facts: Any) -> "ModelSpec":
        """Make `facts` the current version of a model; the same facts again change nothing."""
        new = ModelSpec(slug=slug, **facts)
        new.digest = new.read_digest()
        with transaction.atomic():
            newest = self.filter(slug=slug).order_by("-version").first()
            if newest and newest.digest == new.digest:
                return newest
            self.filter(slug=slug).update(is_current=False)
            new.version = newest.version + 1 if newest else 1
            new.save()
        return new


class ModelSpec(models.Model):
    """One version of one model: what it takes, what it costs, what its prose demands.

    Never changed once it is saved: runs point at the version that they were made with.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=120)
    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    schema = OrderedJSONField()
    rules = OrderedJSONField(default=list, blank=True)
    price = OrderedJSONField(default=dict, blank=True)
    examples = OrderedJSONField(default=list, blank=True)

    objects = ModelSpecQuerySet.as_manager()

    FACTS = ("title", "description", "schema", "rules", "price", "examples")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "version"], name="modelspec_version_once"),
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(is_current=True), name="modelspec_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("playground", args=[self.slug])

    def read_digest(self) -> str:
        facts = {name: getattr(self, name) for name in self.FACTS}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    @cached_property
    def form(self) -> SchemaForm:
        return SchemaForm(self.schema, rules=tuple(read_rule(rule) for rule in self.rules))


def read_rule(document: dict[str, Any]) -> Rule:
    """Make a rule of its stored form: {"rule": CEL, "message": text, "fields": [pointer, ...]}.

    Raises  KeyError, RuleError
    """
    return Rule(
        expression=document["rule"],
        message=document["message"],
        fields=tuple(document["fields"]),
    )
