"""Rules in nested schemas, and invalid rules."""

from typing import Any

import pytest

from playground.catalog.checked_form import read_form
from playground.catalog.models import ModelSpec
from playground.catalog.rules import Rule, RuleError

SIZE = {
    "type": "object",
    "properties": {"width": {"type": "integer"}, "height": {"type": "integer"}},
    "x-validations": [
        {"rule": "self.width >= self.height", "message": "Not upright.", "fieldPath": ".height"}
    ],
}
UPRIGHT = {"width": 1, "height": 2}


def errors(schema: dict[str, Any], value: Any, rules: tuple[Any, ...] = ()) -> dict[str, list[str]]:
    return read_form(schema, rules).form.validate(value)


def test_a_rule_at_the_root_applies_to_the_inputs() -> None:
    assert errors(SIZE, UPRIGHT) == {"/height": ["Not upright."]}
    assert errors(SIZE, {"width": 2, "height": 2}) == {}


def test_a_nested_rule_applies_to_its_object_and_is_reported_there() -> None:
    schema = {"type": "object", "properties": {"a/b": SIZE}}
    assert errors(schema, {"a/b": UPRIGHT}) == {"/a~1b/height": ["Not upright."]}
    assert errors(schema, {}) == {}


def test_a_rule_in_a_referenced_schema_applies_wherever_it_is_referenced() -> None:
    ref = {"$ref": "#/$defs/Size"}
    schema = {"type": "object", "properties": {"one": ref, "two": ref}, "$defs": {"Size": SIZE}}
    assert set(errors(schema, {"one": UPRIGHT, "two": UPRIGHT})) == {"/one/height", "/two/height"}


def test_a_rule_about_list_entries_is_reported_at_the_list() -> None:
    schema = {"type": "object", "properties": {"sizes": {"type": "array", "items": SIZE}}}
    assert errors(schema, {"sizes": [{"width": 3, "height": 1}, UPRIGHT]}) == {
        "/sizes": ["Not upright."]
    }


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"rule": "self.n +", "message": "m"}, "Line 1, column 9: Syntax error"),
        ({"rule": "self.n\0", "message": "m"}, "column 7"),
        ({"rule": "1 + 1", "message": "m"}, "The result of the expression is int"),
        ({"rule": "(" * 5000, "message": "m"}, "longer than 2,000"),
        ({"rule": "(" * 100 + "true" + ")" * 100, "message": "m"}, "nested too deeply"),
        ({"rule": 5, "message": "m"}, "both of them texts"),
        ({"rule": "true", "message": "m", "fields": "n"}, "list of pointers"),
        ("self.n", "an object with"),
        (None, "an object with"),
    ],
)
def test_an_unreadable_rule_is_a_note_and_the_form_still_works(document: Any, said: str) -> None:
    for schema, beside in (({"x-validations": [document]}, []), ({}, [document])):
        checked = read_form({"type": "object", **schema}, beside)
        assert said in checked.notes[-1].message
        assert checked.form.validate({}) == {}


def test_a_note_gives_the_position_of_the_rule_in_the_schema() -> None:
    schema = {"type": "object", "properties": {"a": {"x-validations": [{"rule": "("}]}}}
    assert read_form(schema, ()).notes[-1].pointer == "/properties/a/x-validations/0"


def test_rules_in_a_recursive_schema_terminate() -> None:
    inside = {name: {"$ref": "#"} for name in "abc"}
    schema = {"type": "object", "properties": inside, "x-validations": [{"rule": "has(self.x)"}]}
    assert "left out" in read_form(schema, ()).notes[-1].message


@pytest.mark.parametrize("value", [{"a": "\ud800"}, {"a": 2**70}, {1: 2}, ["x"], "x", None])
def test_a_rule_that_cannot_be_evaluated_is_passed(value: Any) -> None:
    rule = Rule(expression="self.a == 'b' && self.a == 'c'", message="No.", fields=())
    assert rule.check(value) in {None, "No."}


def test_an_endless_rule_is_stopped() -> None:
    rule = Rule(expression="self.all(x, self.all(y, self.all(z, true)))", message="", fields=())
    assert rule.check([1] * 2000) is None


def test_a_rule_that_is_no_condition_is_refused() -> None:
    with pytest.raises(RuleError, match="is string, but it has to be true or false"):
        Rule(expression="'text'", message="", fields=())


def test_a_stored_model_with_invalid_rules_and_schema_still_has_a_form(
    seedream: ModelSpec,
) -> None:
    ModelSpec.objects.filter(pk=seedream.pk).update(schema="no schema", rules=[{"rule": "("}])
    spec = ModelSpec.objects.get(pk=seedream.pk)
    assert spec.form.render()
    assert spec.notes
