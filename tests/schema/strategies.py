"""Strategies of values for a schema, for the laws."""

import contextlib
import re
from typing import Any

from hypothesis import strategies as st

from playground.schema import SchemaForm
from playground.schema.reading.flattening import Flat, flatten
from playground.schema.reading.patterns import find_pattern

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "a\nb",
        "a\r\nb",
        " x ",
        "1",
        "null",
        "é\U0001f3a8",
        "<b>&amp;",
        '"',
        "https://a.example/b.png",
    ]
)
NUMBERS = st.integers(-(2**70), 2**70) | st.integers(-20, 20) | st.floats(
    allow_nan=False, allow_infinity=False
)  # fmt: skip
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FORMATTED = {
    "uri": st.sampled_from(["https://a.example/x", "urn:a:b", "data:image/png;base64,AAAA"]),
    "date": st.dates().map(str),
    "date-time": st.sampled_from(
        ["2024-01-01T00:00:00.000+02:00", "1999-12-31T23:59:59Z", "2024-02-29t10:20:30.123456z"]
    ),
    "time": st.sampled_from(["10:20:30Z", "23:59:60+00:00"]),
    "email": st.sampled_from(["a@b.example", "zażółć@example.com"]),
    "color": st.sampled_from(["#aabbcc", "red", "#ABC"]),
}


def is_for_python(pattern: str) -> bool:
    """Return whether the form engine and Python's `re`, which Hypothesis uses, accept a pattern."""
    with contextlib.suppress(re.error):
        return bool(re.compile(pattern)) and find_pattern(pattern) is not None
    return False


class Values:
    """Draws values that mostly fit one schema; the tests discard the others."""

    def __init__(self, schema: Any) -> None:
        # The form's own document, in which discriminators are part of the branches of a union.
        self.document = SchemaForm(schema)._compiled.document

    def any(self) -> st.SearchStrategy[Any]:
        return self.of(self.document.schema, 0)

    def of(self, schema: Any, depth: int) -> st.SearchStrategy[Any]:
        if isinstance(schema, bool) or depth > 5:
            return ANYTHING if depth < 5 else SCALARS
        flat = flatten(schema, self.document)
        keywords = flat.keywords
        if "const" in keywords:
            return st.just(keywords["const"])
        if keywords.get("enum"):
            return st.sampled_from(keywords["enum"])
        if flat.alternatives:
            rest = {**keywords, "allOf": list(flat.conditions)}
            branches = flat.alternatives[0].branches
            return st.one_of(
                *(self.of({"allOf": [rest, branch]}, depth + 1) for branch in branches)
            )
        kinds = [self.kind(name, flat, depth) for name in flat.types] or [ANYTHING]
        if "type" not in keywords:  # the type is only guessed; other types may be valid
            kinds.append(ANYTHING)
        if keywords.get("nullable"):
            kinds.append(st.none())
        return st.one_of(*kinds)

    def kind(  # noqa: PLR0911 - one for each type
        self, name: str, flat: Flat, depth: int
    ) -> st.SearchStrategy[Any]:
        match name:
            case "string":
                return self.text(flat.keywords)
            case "integer":
                return self.integer(flat.keywords)
            case "number":
                return self.number(flat.keywords)
            case "boolean":
                return st.booleans()
            case "null":
                return st.none()
            case "array":
                return self.array(flat, depth)
            case _:
                return self.object(flat, depth)

    def text(self, keywords: dict[str, Any]) -> st.SearchStrategy[Any]:
        if keywords.get("format") in FORMATTED:
            return FORMATTED[keywords["format"]]
        if is_for_python(keywords.get("pattern", "(")):
            return st.from_regex(keywords["pattern"], alphabet=st.characters(codec="ascii"))
        least, most = keywords.get("minLength", 0), keywords.get("maxLength")
        sized = st.text(
            st.characters(exclude_categories=["Cs"]),
            min_size=int(least),
            max_size=int(least) + 5 if most is None else min(int(most), int(least) + 9),
        )
        return sized | TEXTS

    def integer(self, keywords: dict[str, Any]) -> st.SearchStrategy[Any]:
        step = keywords.get("multipleOf", 1)
        least, most = keywords.get("minimum"), keywords.get("maximum")
        near = st.integers(
            None if least is None else int(least), None if most is None else int(most)
        )
        return near.map(lambda n: n // step * step if isinstance(step, int) else n) | near.map(
            lambda n: float(n) if abs(n) < 2**50 else n
        )

    def number(self, keywords: dict[str, Any]) -> st.SearchStrategy[Any]:
        step = keywords.get("multipleOf")
        least = keywords.get("minimum", keywords.get("exclusiveMinimum", -1e9))
        most = keywords.get("maximum", keywords.get("exclusiveMaximum", least + 1e9))
        if step:
            return st.integers(int(least / step), int(most / step)).map(lambda n: n * step)
        return st.floats(least, most) | st.integers(int(least), int(most))

    def array(self, flat: Flat, depth: int) -> st.SearchStrategy[Any]:
        least = int(flat.keywords.get("minItems", 0))
        most = min(int(flat.keywords.get("maxItems", least + 3)), least + 4)
        first = flat.keywords.get("prefixItems", [])
        items = flat.keywords.get("items", flat.keywords.get("unevaluatedItems", True))
        rest = st.just([]) if items is False else st.lists(
            self.of(items, depth + 1),
            min_size=max(0, least - len(first)), max_size=max(0, most - len(first)),
        )  # fmt: skip
        if not first:
            return rest
        whole = st.tuples(*(self.of(each, depth + 1) for each in first), rest)
        return st.integers(0, len(first)).flatmap(
            lambda n: whole.map(lambda t: [*t[:n], *(t[-1] if n == len(first) else ())])
        )

    def object(self, flat: Flat, depth: int) -> st.SearchStrategy[Any]:
        keywords = flat.keywords
        required = set(keywords.get("required", ()))
        properties = dict(keywords.get("properties", {}))
        for part in flat.conditions:
            for each in (
                part.get("then"),
                part.get("else"),
                *part.get("dependentSchemas", {}).values(),
            ):
                if isinstance(each, dict):
                    properties = {**each.get("properties", {}), **properties}
        for name in required - properties.keys():
            properties[name] = keywords.get("additionalProperties", True)
        parts = {name: self.of(each, depth + 1) for name, each in properties.items()}
        known = st.fixed_dictionaries(
            {name: each for name, each in parts.items() if name in required},
            optional={name: each for name, each in parts.items() if name not in required},
        )
        extra = keywords.get("additionalProperties", True)
        if extra is False and "patternProperties" not in keywords:
            return known.flatmap(_shuffled)
        names = self.of(keywords["propertyNames"], 0) if "propertyNames" in keywords else TEXTS
        inner = self.of(extra, depth + 1) if extra is not False else st.nothing()
        more = st.dictionaries(names.filter(lambda n: isinstance(n, str)), inner, max_size=2)
        for pattern, schema in keywords.get("patternProperties", {}).items():
            more = st.dictionaries(st.from_regex(pattern), self.of(schema, depth + 1), max_size=3)
        return st.tuples(known, more).map(lambda two: {**two[1], **two[0]}).flatmap(_shuffled)


def _shuffled(value: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.permutations(list(value)).map(lambda keys: {key: value[key] for key in keys})
