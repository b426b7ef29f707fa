"""The shipped models, versions of models, and rules across fields."""

import pytest

from playground.catalog import shipped
from playground.catalog.models import ModelSpec
from playground.catalog.rules import Rule, RuleError

FIFTEEN = Rule(
    expression="(has(self.urls) ? size(self.urls) : 0) + (has(self.n) ? self.n : 1) <= 15",
    message="At most 15.",
    fields=("/urls", "/n"),
)


def test_publishing_the_shipped_models_twice_makes_one_version(db: None) -> None:
    shipped.publish_all()
    shipped.publish_all()
    assert list(ModelSpec.objects.values_list("version", flat=True)) == [1]


def test_a_changed_model_is_a_new_version_and_the_old_one_stays(seedream: ModelSpec) -> None:
    facts = {name: getattr(seedream, name) for name in ModelSpec.FACTS}
    changed = ModelSpec.objects.publish(slug=seedream.slug, **facts | {"title": "Renamed"})
    seedream.refresh_from_db()
    assert (changed.version, changed.is_current) == (2, True)
    assert (seedream.version, seedream.is_current, seedream.title) == (1, False, "Seedream 5 Lite")


def test_a_schema_keeps_the_order_of_its_properties(seedream: ModelSpec) -> None:
    stored = ModelSpec.objects.get(pk=seedream.pk).schema
    assert list(stored["properties"])[:3] == ["n", "size", "prompt"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"urls": ["a"] * 14, "n": 1}, None),
        ({"urls": ["a"] * 14, "n": 2}, "At most 15."),
        ({"urls": ["a"] * 14}, None),
        ({"n": 15}, None),
        ({}, None),
        ({"n": "many"}, None),
        ("no object at all", None),
    ],
)
def test_a_violated_rule_gives_its_message(value: object, said: str | None) -> None:
    assert FIFTEEN.check(value) == said


def test_an_unreadable_rule_is_refused_with_its_pointer() -> None:
    with pytest.raises(RuleError, match="Syntax error"):
        Rule(expression="self.n +", message="", fields=())


def test_the_first_model_reports_more_than_fifteen_pictures_at_both_fields(
    seedream: ModelSpec,
) -> None:
    errors = seedream.form.validate({"prompt": "x", "n": 2, "image_urls": ["https://a.b/c"] * 14})
    assert set(errors) == {"/image_urls", "/n"}


def test_every_example_of_a_shipped_model_is_valid(db: None) -> None:
    for spec in shipped.publish_all():
        for example in spec.examples:
            assert spec.form.validate(example) == {}
