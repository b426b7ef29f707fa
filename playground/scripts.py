"""A JavaScript bundler: a page loads a few bundles instead of forty modules.

The bundles are js/bundles/*.js. One that imports another uses its modules, so that no module is
sent twice. No bundler is needed for what our modules use: named imports of functions and constants,
and no cycles. Each module becomes a function that returns what it exports; anything else in an
import or export is an error when files are collected.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath, relpath

IMPORT = re.compile(
    r'^import (?:\{(?P<names>[\w\s,]+)\} from )?"(?P<path>\.[^"]+)";$', re.MULTILINE
)
EXPORT = re.compile(
    r"^export (?=(?:async )?function (?P<name>\w+)|const (?P<constant>\w+) =)", re.MULTILINE
)
OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)

BUNDLE = re.compile(r"js/bundles/\w+\.js")

type Read = Callable[[str], str]


class BundlingError(Exception):
    """A module uses what is not bundled; the message names it."""


def bundle_scripts(names: Iterable[str], read: Read) -> dict[str, str]:
    """Return the text of each bundle, by its name, in the order in which they import each other.

    names   of modules, as in "js/bundles/form.js"; those that are no bundles may be among them
    read    returns the text of a module of that name
    Raises  BundlingError
    """
    modules = Modules(read)
    bundles: dict[str, str] = {}

    imported = {
        name: [other for other in modules.reach(name)[:-1] if BUNDLE.fullmatch(other)]
        for name in names
        if BUNDLE.fullmatch(name)
    }
    shared = {other for others in imported.values() for other in others}
    for name, others in imported.items():
        for each in (*others, name):  # those that it imports, in the order of their own imports
            if each not in bundles:
                bundles[each] = modules.bundle(each, is_shared=each in shared)
    return bundles


@dataclass(slots=True)
class Modules:
    """Modules, and which bundle has each of them.

    homes      the bundle of a module, by the module's name
    variables  what holds the exports of a module, by the module's name
    """

    read: Read
    homes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def reach(self, name: str) -> list[str]:
        """Return a module and all that it imports, in the order in which they are evaluated.

        Raises  BundlingError for a cycle
        """
        reached: dict[str, None] = {}

        def visit(name: str, importers: tuple[str, ...]) -> None:
            if name in importers:
                raise BundlingError(f"{name} imports itself by {' and '.join(importers)}.")
            if name not in reached:
                for found in IMPORT.finditer(self.read(name)):
                    visit(resolve(name, found["path"]), (*importers, name))
                reached[name] = None

        visit(name, ())
        return list(reached)

    def bundle(self, name: str, *, is_shared: bool) -> str:
        """Return a module with all that it imports and no earlier bundle has.

        is_shared  whether other bundles import it, and so use what its modules export
        """
        own: dict[str, str] = {}  # texts, by the names of modules
        borrowed: dict[str, set[str]] = {}  # variables, by the bundle that exports them
        for module in self.reach(name):
            home = self.homes.setdefault(module, name)
            if home != name:
                borrowed.setdefault(home, set()).update(self._borrow(module))
            else:
                own[module] = self._wrap(module)
        imports = "".join(write_import(name, home, used) for home, used in borrowed.items())
        exported = sorted(filter(None, map(self.variables.get, own)))
        exports = f"export {{ {', '.join(exported)} }};\n" if is_shared and exported else ""
        return imports + "".join(own.values()) + exports

    def _borrow(self, module: str) -> set[str]:
        variable = self.variables.get(module)
        return {variable} if variable else set()

    def _wrap(self, name: str) -> str:
        """Return a module as a call of a function, whose result has the exports, if there are any.

        Raises  BundlingError for what is not bundled
        """

        def inline(found: re.Match[str]) -> str:
            variable = self.variables.get(resolve(name, found["path"]))
            names = found["names"]
            return f"const {{{names}}} = {variable};" if names else ""

        body = IMPORT.sub(inline, self.read(name))
        exported = [found["name"] or found["constant"] for found in EXPORT.finditer(body)]
        body = EXPORT.sub("", body)
        if other := OTHER.search(body):
            raise BundlingError(f"{name} has what is not bundled: {other[0]}")
        if not exported:
            return f"(() => {{\n{body}\n}})();\n"
        self.variables[name] = f"module{len(self.variables)}"
        result = f"return {{ {', '.join(exported)} }};\n"
        return f"const {self.variables[name]} = (() => {{\n{body}\n{result}}})();\n"


def resolve(name: str, path: str) -> str:
    """Return the name of what a module imports."""
    return normpath(join(dirname(name), path))


def write_import(name: str, home: str, variables: set[str]) -> str:
    """Return the line by which a bundle has what another exports."""
    names = f"{{ {', '.join(sorted(variables))} }} from " if variables else ""
    path = relpath(home, dirname(name))
    return f'import {names}"{path if path.startswith(".") else f"./{path}"}";\n'
