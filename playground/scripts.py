"""Bundles the scripts of each page into one, with all imported modules.

A page that loads forty modules asks forty times. No bundler is needed for what our modules use:
named imports of functions and constants, and no cycles. Each becomes a function that returns what
the module exports; anything else in an import or export is an error when files are collected.
"""

import re
from collections.abc import Callable
from posixpath import dirname, join, normpath

IMPORT = re.compile(
    r'^import (?:\{(?P<names>[\w\s,]+)\} from )?"(?P<path>\.[^"]+)";$', re.MULTILINE
)
EXPORT = re.compile(
    r"^export (?=(?:async )?function (?P<name>\w+)|const (?P<constant>\w+) =)", re.MULTILINE
)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class BundlingError(Exception):
    """A module uses what is not bundled; the message names it."""


def bundle_script(name: str, read: Callable[[str], str]) -> str:
    """Return a module with all that it imports, each evaluated once, in the order of imports.

    name    as in "js/pages/form.js"
    read    returns the text of a module of that name
    Raises  BundlingError
    """
    functions: dict[str, str] = {}  # names of modules, in the order in which they are evaluated
    texts: list[str] = []

    def add(name: str, importers: tuple[str, ...]) -> str:
        """Write a module, unless it is there, and return what holds its exports."""
        if name in importers:
            raise BundlingError(f"{name} imports itself by {' and '.join(importers)}.")
        if name not in functions:

            def inline(found: re.Match[str]) -> str:
                imported = add(normpath(join(dirname(name), found["path"])), (*importers, name))
                names = found["names"]
                return f"const {{{names}}} = {imported};" if names else ""

            body = IMPORT.sub(inline, read(name))
            exported = ", ".join(
                found["name"] or found["constant"] for found in EXPORT.finditer(body)
            )
            body = EXPORT.sub("", body)
            if other := OTHER.search(body):
                raise BundlingError(f"{name} has what is not bundled: {other[0]}")
            functions[name] = f"module{len(functions)}"
            result = f"return {{ {exported} }};\n" if exported else ""
            texts.append(f"const {functions[name]} = (() => {{\n{body}\n{result}}})();\n")
        return functions[name]

    add(name, ())
    return "".join(texts)
