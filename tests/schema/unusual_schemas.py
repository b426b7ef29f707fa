"""Strategies of schemas with unusual requirements, and of unions without distinct branches."""

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


def with_requirements(parts: Made) -> Made:
    """Return objects that require properties, including undeclared ones."""

    def require(properties: dict[str, Any]) -> Made:
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

    return st.dictionaries(_NAMES, parts, max_size=3).flatmap(require)


def overlapping(inner: Made) -> Made:
    """Return unions with branches that accept nothing, or the same values."""
    branch = inner | _TEXTS | st.just(False) | st.just({"type": "null"})
    several = st.lists(branch, min_size=1, max_size=3)
    return several.flatmap(
        lambda schemas: st.sampled_from(["oneOf", "anyOf"]).map(
            lambda word: {word: [*schemas, *schemas[:1]] if len(schemas) < 3 else schemas}
        )
    )


def discriminated(inner: Made) -> Made:
    """Return OpenAPI unions whose branches declare the discriminator as a plain string."""

    def add_discriminator(parts: list[dict[str, Any]]) -> dict[str, Any]:
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

    return st.lists(inner, min_size=2, max_size=3).map(add_discriminator)


UNUSUAL: Made = (
    with_requirements(_PARTS)
    | with_requirements(_PARTS | overlapping(LEAVES) | with_requirements(_PARTS))
    | overlapping(with_requirements(_PARTS))
    | discriminated(LEAVES | _TEXTS)
)
