"""Schemas with demands that a form may not be able to meet, and unions that tell nothing apart."""

from typing import Any

from hypothesis import strategies as st

from tests.schema.schemas import LEAVES, PARTS, Made, merged, options

_NAMES = st.sampled_from(["a", "b", "id", "prompt", "kind", "image", "n"])
_READ_ONLY = options(readOnly=st.just(True), default=st.sampled_from(["x", 3]))
_PARTS = merged(PARTS, options(readOnly=st.booleans())) | merged(LEAVES, _READ_ONLY)
_TEXTS: Made = merged(
    st.just({"type": "string"}),
    options(
        format=st.sampled_from(["binary", "uri", "date"]),
        title=st.sampled_from(["One", "Other"]),
        maxLength=st.integers(5, 500),
        contentMediaType=st.just("image/png"),
    ),
)


def demanding(parts: Made) -> Made:
    """Objects that ask for names, and for more names than they have."""

    def ask(properties: dict[str, Any]) -> Made:
        names = st.lists(st.sampled_from([*properties, "b", "other"]), unique=True, max_size=3)
        return merged(
            st.just({"type": "object", "properties": properties}),
            options(
                required=names,
                minProperties=st.integers(0, 3),
                additionalProperties=st.booleans(),
                dependentRequired=names.map(lambda each: {"a": each}),
                allOf=st.lists(names.map(lambda each: {"required": each}), min_size=1, max_size=2),
                anyOf=st.lists(
                    names.map(lambda each: {"required": each}) | st.just(False),
                    min_size=1,
                    max_size=3,
                ),
            ),
        )

    return st.dictionaries(_NAMES, parts, max_size=3).flatmap(ask)


def overlapping(inner: Made) -> Made:
    """Unions with branches that accept nothing, or the same."""
    branch = inner | _TEXTS | st.just(False) | st.just({"type": "null"})
    several = st.lists(branch, min_size=1, max_size=3)
    return several.flatmap(
        lambda schemas: st.sampled_from(["oneOf", "anyOf"]).map(
            lambda word: {word: [*schemas, *schemas[:1]] if len(schemas) < 3 else schemas}
        )
    )


def told_apart(inner: Made) -> Made:
    """Unions of OpenAPI, whose branches call what tells them apart a plain string."""

    def tell(parts: list[dict[str, Any]]) -> dict[str, Any]:
        names = [f"k{number}" for number in range(len(parts))]
        return {
            "oneOf": [{"$ref": f"#/$defs/{name}"} for name in names],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {f"word-{name}": f"#/$defs/{name}" for name in names[1:]},
            },
            "$defs": {
                name: {"type": "object", "properties": {"kind": {"type": "string"}, "v": part},
                       "required": ["kind"]}
                for name, part in zip(names, parts, strict=True)
            },
        }  # fmt: skip

    return st.lists(inner, min_size=2, max_size=3).map(tell)


DEMANDING: Made = (
    demanding(_PARTS)
    | demanding(_PARTS | overlapping(LEAVES) | demanding(_PARTS))
    | overlapping(demanding(_PARTS))
    | told_apart(LEAVES | _TEXTS)
)
