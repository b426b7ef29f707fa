"""Removes requirements that no control can meet.

A read-only property is not entered in the form: in OpenAPI 3.0 its `required` applies to responses
only, in 2020-12 the owner of the data sets it.
Source: OpenAPI 3.0.4, "Fixed Fields" of the Schema Object; JSON Schema Validation §9.4, 2020-12
"""

from collections.abc import Iterator
from typing import Any

from playground.schema import pointers
from playground.schema.reading.documents import Document, Note
from playground.schema.reading.flattening import flatten
from playground.schema.reading.validator import SchemaValidator
from playground.schema.translation import gettext as _
from playground.schema.values import Schema


def drop_unanswerable(document: Document, validator: SchemaValidator) -> Iterator[Note]:
    """Remove read-only properties without a value from `required`; yield a note for each."""
    if not any(schema.get("readOnly") is True for _, schema in document.subschemas):
        return
    for pointer, schema in document.subschemas:
        properties = flatten(schema, document).keywords.get("properties", {})
        hopeless = {
            name for name, each in properties.items() if _is_hopeless(document, validator, each)
        }
        dropped: dict[str, None] = {}
        for part in _about_the_same(schema, document) if hopeless else ():
            dropped |= dict.fromkeys(_drop(part, hopeless))
        for name in dropped:
            yield Note(
                pointer=pointers.child(pointer, "required"),
                message=_(
                    "“%(name)s” is read-only and has no default, so that it cannot be filled in. "
                    "It is not required here."
                )
                % {"name": name},
            )


def _is_hopeless(document: Document, validator: SchemaValidator, schema: Schema) -> bool:
    keywords = flatten(schema, document).keywords
    is_known = "const" in keywords or len(keywords.get("enum", ())) == 1
    if keywords.get("readOnly") is not True or is_known:
        return False
    default = keywords.get("default")
    return default is None or not validator.accepts(default, schema)


def _about_the_same(schema: Schema, document: Document) -> Iterator[dict[str, Any]]:
    """Yield a schema and all schemas that it applies in place."""
    waiting, met = [schema], set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict) or id(part) in met:
            continue
        met.add(id(part))
        yield part
        waiting += [document.find(part["$ref"])] if "$ref" in part else []
        for name in ("allOf", "anyOf", "oneOf"):
            waiting += part.get(name, ())
        waiting += [part[name] for name in ("then", "else") if name in part]
        waiting += part.get("dependentSchemas", {}).values()


def _drop(schema: dict[str, Any], names: set[str]) -> Iterator[str]:
    """Remove names from a schema's `required`; yield those removed."""
    lists = [(schema, "required")] if "required" in schema else []
    requires = schema.get("dependentRequired", {})
    for holder, key in [*lists, *((requires, key) for key in requires)]:
        yield from (name for name in holder[key] if name in names)
        holder[key] = [name for name in holder[key] if name not in names]
