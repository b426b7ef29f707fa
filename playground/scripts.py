"""A JavaScript bundler, so that a page loads a few bundles instead of forty modules.

The bundles are js/bundles/*.js. A bundle that imports another uses its modules, so that no module
is sent twice. Only the syntax of our modules is supported: named imports of functions and
constants, without cycles. Each module becomes a function that returns its exports; other syntax of
imports or exports is an error when static files are collected.
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
    """A module uses unsupported syntax; the message names the module."""


def bundle_scripts(names: Iterable[str], read: Read) -> dict[str, str]:
    """Return {name: text} of the bundles, in the order of their dependencies.

    names   names of modules, like "js/bundles/form.js"; others than bundles are ignored
    read    returns the text of a module
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
        for each in (*others, name):  # its dependencies first
            if each not in bundles:
                bundles[each] = modules.bundle(each, is_shared=each in shared)
    return bundles


@dataclass(slots=True)
class Modules:
    """The modules and their bundles.

    homes      {module: bundle that contains it}
    variables  {module: variable with its exports}
    """

    read: Read
    homes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def reach(self, name: str) -> list[str]:
        """Return a module and its transitive imports, in the order of evaluation.

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
        """Return the text of a module with its imports that are not in an earlier bundle.

        is_shared  whether other bundles import it, and use its modules
        """
        own: dict[str, str] = {}  # {module: text}
        borrowed: dict[str, set[str]] = {}  # {bundle: variables imported from it}
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
        """Return a module as a function call that returns its exports.

        Raises  BundlingError for unsupported syntax
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
    """Return the name of an imported module."""
    return normpath(join(dirname(name), path))


def write_import(name: str, home: str, variables: set[str]) -> str:
    """Return the import statement of a bundle for variables of another."""
    names = f"{{ {', '.join(sorted(variables))} }} from " if variables else ""
    path = relpath(home, dirname(name))
    return f'import {names}"{path if path.startswith(".") else f"./{path}"}";\n'
