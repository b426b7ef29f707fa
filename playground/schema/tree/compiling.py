"""Makes the tree of nodes for a schema.

`make_node` decides what kind of place a schema describes; the modules beside it
(`scalars`, `choices`, `objects`, `arrays`, `unions`) make each kind.
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
    """Return the root of the tree for a document; parts that recur are compiled when wanted."""
    return Compiler(document=document, validator=validator, make=make_node).root()


def make_node(  # noqa: PLR0911 - one for each kind
    compiler: Compiler, schema: Schema, flat: Flat, spot: Spot
) -> Node:
    """Make the node for a schema that is neither impossible nor endless."""
    if made := unions.find_union(compiler, schema, flat, spot):
        return made
    about = compiler.about(schema, flat, spot)
    only = choices.only_member(flat) if spot.branch and not spot.required else ()
    if only and not compiler.validator.accepts(only[0], schema):
        spot = replace(spot, bare=True)  # it can only be left out
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
