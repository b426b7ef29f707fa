"""Compiles a schema to a tree of nodes.

`make_node` decides the kind of node; the modules `scalars`, `choices`, `objects`, `arrays` and
`unions` make each kind.
"""

from dataclasses import replace
from typing import Any

from playground.schema.reading.documents import Document
from playground.schema.reading.flattening import Flat
from playground.schema.reading.validator import SchemaValidator
from playground.schema.values import Schema

from . import arrays, choices, objects, scalars, unions
from .context import Compiler, Spot
from .nodes import Node, make_raw


def compile_document(document: Document, validator: SchemaValidator) -> Node:
    """Return the root node of a document; recursive parts are compiled lazily."""
    return Compiler(document=document, validator=validator, make=make_node).root()


def make_node(  # noqa: PLR0911 - one for each kind
    compiler: Compiler, schema: Schema, flat: Flat, spot: Spot
) -> Node:
    """Make the node of a schema that is neither impossible nor recursive."""
    if made := unions.find_union(compiler, schema, flat, spot):
        return made
    about = compiler.about(schema, flat, spot)
    only = choices.only_member(flat) if spot.branch and not spot.required else ()
    if only and not compiler.validator.accepts(only[0], schema):
        spot = replace(spot, bare=True)  # it can only be omitted
    if made := choices.find_choice(flat, spot, about):
        return made
    types = [name for name in flat.types if name != "null"]
    if len(types) > 1:
        return unions.of_types(compiler, flat, spot, about, types)
    if not types:
        return _make_untyped(flat, about, spot)
    match types[0]:
        case "object":
            return objects.make_object(compiler, flat, spot, about)
        case "array":
            return arrays.make_array(compiler, flat, spot, about)
        case "boolean":
            return choices.make_boolean(about)
        case "string":
            return scalars.make_text(compiler, flat, about, spot.around)
        case _:
            return scalars.make_number(flat, about)


def _make_untyped(flat: Flat, about: dict[str, Any], spot: Spot) -> Node:
    if flat.types == ("null",):
        return choices.make_closed([(None, "", "")], spot, about)
    return make_raw(about)
