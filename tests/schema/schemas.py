"""Strategy of schemas for the laws: every construct of published schemas, in all combinations."""

from typing import Any

from hypothesis import strategies as st

from tests.schema.strategies import SCALARS, TEXTS

type Made = st.SearchStrategy[dict[str, Any]]

NAMES = st.sampled_from(
    ["a", "b", "prompt", "n", "a b", "a/b", "~", "~0", "%22", '"q"', "0", "1", "", "é", "a-help",
     "line\nend", "a.b", "a_b", "type", "csrfmiddlewaretoken", "image_url", "constructor"]
)  # fmt: skip
WORDS: Made = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Title", "<b>bold</b>", ""]),
        "description": st.sampled_from(["Some help.", 'A "quoted" & <angled> line\nand more']),
        "x-playground": st.sampled_from(
            [{"advanced": True}, {"widget": "textarea"}, {"widget": "file-upload"}, {"rows": 4}, 5]
        ),
        "x-order": st.integers(0, 3),
        "deprecated": st.booleans(),
        "readOnly": st.sampled_from([False]),
    },
)


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> Made:
    return st.tuples(*parts).map(lambda each: {k: v for part in each for k, v in part.items()})


def options(**each: st.SearchStrategy[Any]) -> Made:
    return st.fixed_dictionaries({}, optional=each)


STRINGS = merged(
    st.just({"type": "string"}),
    options(
        minLength=st.integers(0, 3),
        maxLength=st.integers(3, 9),
        default=TEXTS,
        format=st.sampled_from(
            ["uri", "date", "date-time", "time", "email", "color", "password", "odd"]
        ),
        pattern=st.sampled_from(["^[a-z]*$", "b", r"^\d+$", "^(a|b)+$", "(a+)+$", "\\p{L}"]),
        enum=st.lists(TEXTS, min_size=1, max_size=7),
    ),
)
INTEGERS = merged(
    st.just({"type": "integer"}),
    options(
        minimum=st.integers(-5, 5),
        maximum=st.integers(5, 2**63),
        exclusiveMinimum=st.integers(-9, 1) | st.just(0.5),
        multipleOf=st.sampled_from([1, 2, 8]),
        default=st.integers(-3, 9) | st.just(4.0),
    ),
)
FLOATS = merged(
    st.just({"type": "number"}),
    options(
        minimum=st.sampled_from([0, -1.5]),
        maximum=st.sampled_from([1, 10.25]),
        multipleOf=st.sampled_from([0.1, 0.25, 1]),
        default=st.sampled_from([0.5, 1, 1.0, -0.0, 1e-7]),
        enum=st.lists(st.sampled_from([1, 1.0, 2.5]), min_size=1),
    ),
)
BOOLEANS = merged(
    st.just({"type": "boolean"}),
    options(default=st.booleans(), enum=st.sampled_from([[True], [False, True]])),
)
ENUMS = options(default=SCALARS).flatmap(
    lambda base: st.lists(SCALARS, min_size=1, max_size=6).map(lambda each: {**base, "enum": each})
)
CONSTS = SCALARS.map(lambda value: {"const": value})
ODDITIES: Made = st.sampled_from(
    [{}, {"type": "null"}, {"type": ["string", "null"]}, {"type": ["string", "integer", "null"]},
     {"$ref": "#/$defs/tree"}, {"$ref": "#/$defs/tree", "title": "A tree"},
     {"not": {"type": "string"}},
     {"type": "object"}, {"type": "array"}, {"type": "object", "additionalProperties": False},
     {"type": ["boolean", "array"], "items": {"type": "boolean"}}, {"minLength": 2}, {"minimum": 2},
     {"items": {"type": "string"}}, {"properties": {"a": {"type": "string"}}}]
)  # fmt: skip
LEAVES: Made = STRINGS | INTEGERS | FLOATS | BOOLEANS | ENUMS | CONSTS | ODDITIES


def nullable(inner: Made) -> Made:
    return st.one_of(
        inner.map(lambda s: {"anyOf": [s, {"type": "null"}]}),
        inner.map(lambda s: {"oneOf": [{"type": "null"}, s], "default": None, "title": "Outer"}),
        inner.map(lambda s: {**s, "nullable": True}),
        inner.map(lambda s: {"allOf": [s], "description": "Around"}),
    )


def objects(inner: Made) -> Made:
    def with_required(properties: dict[str, Any]) -> Made:
        names = list(properties)
        base = st.just({"type": "object", "properties": properties})
        return merged(base, options(
            required=st.lists(st.sampled_from(names), unique=True) if names else st.just([]),
            additionalProperties=st.booleans() | inner,
            patternProperties=inner.map(lambda s: {"^x": s}),
            minProperties=st.integers(0, 2),
            dependentRequired=st.sampled_from([{"a": ["b"]}, {"n": ["a", "prompt"]}]),
            dependentSchemas=inner.map(lambda s: {"a": {"properties": {"b": s, "late": s}}}),
            **{"if": st.just({"properties": {"a": {"type": "string"}}, "required": ["a"]}),
               "then": inner.map(lambda s: {"properties": {"then": s}}),
               "else": inner.map(lambda s: {"properties": {"other": s}, "required": ["other"]})},
        ))  # fmt: skip

    return st.dictionaries(NAMES, inner, max_size=4).flatmap(with_required)


def arrays(inner: Made) -> Made:
    return merged(
        st.just({"type": "array"}),
        options(
            items=inner,
            prefixItems=st.lists(inner, min_size=1, max_size=2),
            minItems=st.integers(0, 2),
            maxItems=st.integers(2, 4),
            uniqueItems=st.booleans(),
            default=st.just([]),
        ),
    )


def unions(inner: Made) -> Made:
    def tagged(schemas: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "oneOf": [
                {"type": "object", "properties": {"kind": {"const": f"k{n}"}, "v": s},
                 "required": ["kind"]}
                for n, s in enumerate(schemas)
            ],
            "discriminator": {"propertyName": "kind"},
        }  # fmt: skip

    several = st.lists(inner, min_size=2, max_size=3)
    return several.map(tagged) | st.tuples(st.sampled_from(["anyOf", "oneOf"]), several).map(
        lambda pair: {pair[0]: pair[1]}
    )


def _grow(inner: Made) -> Made:
    made = objects(inner) | arrays(inner) | nullable(inner) | unions(inner)
    return merged(made, WORDS)


PARTS: Made = st.recursive(merged(LEAVES, WORDS), _grow, max_leaves=8)
TREE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/tree"},
                   "many": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
}  # fmt: skip
SCHEMAS: Made = (objects(PARTS) | PARTS).map(lambda schema: {**schema, "$defs": {"tree": TREE}})
