"""Every text for people goes through gettext, and no text is cached in one language.

Checked by syntax: each literal that looks like words is an argument of a gettext function, or
exempt below, with a reason. Texts at import are lazy, placeholders are named, no f-strings.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "playground"

# Several words, or one with a capital like a label.
SEVERAL = re.compile(r"[A-Za-z’]{2,}[,:;.!?”)]* (?:[“(]?[a-z%{]|[A-Z][a-z]+ )")
LABEL = re.compile(r"[A-Z][a-z]{2,}\.?\Z")

NOT_LAZY = {"gettext", "ngettext", "pgettext", "npgettext"}
LAZY = {f"{name}_lazy" for name in NOT_LAZY} | {"kept", "gettext_noop"}

NOT_FOR_PEOPLE = {
    # for operators, in English: logs, commands, doctor, /readyz, start-up
    *("sandbox", "health", "settings", "environment", "launch", "startup", "supervision"),
    *("service_settings", "fixed_settings", "archive.import_context", "archive.import_rows"),
    *(
        "gunicorn",
        "thread_pool",
        "task_backend",
        "celery",
        "file_modes",
        "collected_files",
        "static_files",
        "stylesheets",
        "scripts",
        "loopback",
    ),
    *("teams.audit", "teams.outbox", "archive.package", "archive.importer"),
    *("archive.import_readers", "slow_clients"),
    *("runs.worker.celery_worker", "runs.worker.broker_clock"),
    # programs in other languages, SQL, and example prompts
    *("providers.programs", "providers.mindvideo_code", "runs.pages.examples"),
    *("runs.models.queues", "teams.models.tally"),
    # samples for developers
    "styleguide",
    # the form engine has its own texts and tests (tests/schema)
    "schema",
}
LOGGED = {"debug", "info", "warning", "error", "exception", "log", "note"}
# Calls with texts for the program: patterns, statements, headers, types, audit log.
OF_THE_PROGRAM = {
    *("compile", "execute", "cast", "get", "setdefault", "split", "replace", "date_format"),
    *("AlterField", "as_type_of_django", "ManyToManyField", "ForeignKey", "pack", "partial"),
}
# Errors that people do not see: they are caught, or logged as internal errors.
INTERNAL = {
    *("ValueError", "TypeError", "OSError", "Error", "Http404", "BrokenPackingError"),
    *("ReadTimeout", "UntrustedAnswerError", "ImproperlyConfigured", "DisallowedHost"),
}
# HTTP: media types, headers and their values.
OF_HTTP = re.compile(
    r"(?:text|application)/.*|attachment; .*|private, .*|bytes .*|Lax|Origin|Referer|Cookie|Range"
    r"|Accept|Connection|Authorization|Location"
)
LITERALS = {
    # parts of a library's error messages, in English
    "catalog.yaml_text": re.compile(r"(?:mapping|block|could|did|found) [a-z<>'\-\], }:]*"),
    "catalog.cel": re.compile(r" expecting \{|mismatched input '<EOF>'"),
    # JSON names: of a stored response, a request, the first line of an export
    "runs.problems": re.compile(r"cut off|…\{\} \(\{\} characters\)"),
    "runs.pages.exchange": re.compile(r"handed over as|<link to \{\}>"),
    "archive.export": re.compile("playground workspace"),
    # names of products
    "teams.sessions": re.compile("Edge|Opera|Firefox|Chrome|Safari|Windows|Android|Linux"),
    # columns of CSV files
    "archive.csv_table": re.compile(r"created \(UTC\)|cost of the run"),
    "runs.costs.usage": re.compile(r"time \(UTC\)|estimate of the service|request id|task id"),
    # a program with placeholders
    "experiments.report": re.compile(r"https://<address of the service>|<link to \{\}>"),
    "experiments.voting.csv_files": re.compile(
        r"time \(UTC\)|(?:left|right) picture|win rate \(%\)|(?:from|to) \(%\)"
    ),
    # lines of the audit log
    "admin_site": re.compile(r"\{\}: \{\} → \{\}"),
    "runs.costs.budget_views": re.compile(r"daily_budget of .*"),
    "gallery.collection_views": re.compile(r"rename to \{\}"),
    # names of limits and permissions
    "teams.rate_limits": re.compile(r"[a-z]+ (?:on )?[a-z]+|\{\} by \{\}"),
    "teams.login_limits": re.compile(r"[a-z]+ (?:in )?[a-z]+"),
    "teams.key_advice": re.compile("other service"),
    "teams.roles": re.compile(r"(?:edit|manage) [a-z]+"),
    # a CSS class, and names of columns
    "catalog.forms": re.compile(r"code-text code-text--schema|size, n"),
    # names of products
    "manifest": re.compile("Playground"),
    "providers.registry": re.compile("Sandbox"),
    # a name in an OpenAPI document, the start of a library's message, a suffix of a name
    "catalog.json_text": re.compile("Unterminated"),
    "catalog.openapi_candidates": re.compile("Input"),
    "catalog.operations": re.compile(r" as \{\}"),
    # values of actions in forms, and full-text search
    "gallery.bulk_actions": re.compile(r"(?:stars|(?:un)?tag|(?:un)?collect) \{\}"),
    "gallery.search_index": re.compile("SELECT .*"),
    # an HTML element
    "script_texts": re.compile(r"\{\}<(?:script|meta) .*"),
    # literals of programming languages
    "catalog.json_repair": re.compile("True|False|None|Infinity"),
    "providers.programs": re.compile("True|False|None"),
    # names of a storage's API, and of a typeface
    "archive.canvases": re.compile("Sheet"),
    "media.bucket": re.compile("Body|Range|Error|Code"),
    "catalog.makes": re.compile(".*"),  # patterns
    "providers.transport": re.compile(r"\[API key\]|more than \{\} MB"),
}


@cache
def list_modules() -> dict[str, Path]:
    """Return every module with texts for people, by name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        inside = {".".join(parts[:length]) for length in range(1, len(parts) + 1)} | {name}
        if not {"migrations", "management"} & {*parts} and not inside & NOT_FOR_PEOPLE:
            found[name] = path
    return found


@cache
def modules() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text()) for name, path in list_modules().items()}


def called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def names_of_gettext(tree: ast.Module) -> dict[str, str]:
    """Return the gettext functions of a module: local name, then original name."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module in {"django.utils.translation", "playground.texts"}
        for alias in node.names
        if alias.name in NOT_LAZY | LAZY
    }


def spell(node: ast.AST) -> str | None:
    """Return the text of a literal, with {} for each expression of an f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(spell(each) or "{}" for each in node.values)
    return None


def is_docstring(parent: ast.AST, node: ast.AST) -> bool:
    return isinstance(parent, ast.Expr) and isinstance(node, ast.Constant)


def is_exempt(node: ast.AST, gettext: dict[str, str]) -> bool:
    """Whether nothing in a node is for people, or all of it is translated."""
    if isinstance(node, ast.Call):
        name = called(node)
        is_log = isinstance(node.func, ast.Attribute) and name in LOGGED
        is_on_log = is_log and ast.unparse(node.func).split(".")[0] in {"logger", "audit"}
        return name in gettext or name in OF_THE_PROGRAM | INTERNAL or is_on_log
    if isinstance(node, ast.FunctionDef):
        return node.name in {"__str__", "__repr__"}  # of rows: for logs and the admin site
    is_header = isinstance(node, ast.Subscript)
    return is_header or (isinstance(node, ast.AnnAssign) and node.value is None)


def parts_of(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children of a node, except annotations, types and texts without effect."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "type_params"}:
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST) and not is_docstring(node, each):
                yield each


def literals(node: ast.AST, gettext: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal that seems to be an untranslated text for people."""
    for part in parts_of(node):
        text = spell(part)
        if text is not None and (SEVERAL.search(text) or LABEL.fullmatch(text)):
            yield getattr(part, "lineno", 0), text
        if isinstance(part, ast.JoinedStr):
            for filled in part.values:
                yield from literals(filled, gettext)
        elif not is_exempt(part, gettext):
            yield from literals(part, gettext)


def is_named(name: str, text: str) -> bool:
    """Whether a module may have a literal: an exempt one, or a name of a class or relation."""
    pattern = LITERALS.get(name)
    if OF_HTTP.fullmatch(text) or (pattern and pattern.fullmatch(text)):
        return True
    return bool(LABEL.fullmatch(text)) and text in class_names()


@cache
def class_names() -> set[str]:
    """Return the names of all classes and of all imports."""
    return {
        node.name
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.alias)
    }


@pytest.mark.parametrize("name", sorted(list_modules()))
def test_no_text_for_people_is_outside_of_gettext(name: str) -> None:
    tree = modules()[name]
    found = literals(tree, names_of_gettext(tree))
    outside = sorted({(line, text) for line, text in found if not is_named(name, text)})
    assert not outside


def calls_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls at the import of a module, which are outside of functions."""
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(part, ast.Call):
            yield part
        yield from calls_at_import(part)


def test_what_is_made_at_import_is_lazy() -> None:
    """Otherwise everybody would get the language that was active at the import."""
    early = {
        f"{name}:{call.lineno}"
        for name, tree in modules().items()
        for call in calls_at_import(tree)
        if names_of_gettext(tree).get(called(call)) in NOT_LAZY
    }
    assert not early


def msgids() -> Iterator[tuple[str, ast.expr]]:
    for name, tree in modules().items():
        if name == "texts":  # it translates the texts that `kept` declares
            continue
        functions = names_of_gettext(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (function := functions.get(called(node), "")):
                first = function.startswith(("pgettext", "npgettext")) or function == "kept"
                count = 2 if "ngettext" in function or "npgettext" in function else 1
                for each in node.args[int(first) : int(first) + count]:
                    yield f"{name}:{node.lineno}", each


def test_a_text_is_one_literal_with_named_placeholders() -> None:
    wrong = {
        place: ast.unparse(text)
        for place, text in msgids()
        if not isinstance(text, ast.Constant)
        or (
            not place.startswith("teams.library_texts")  # texts of libraries
            and re.search(r"%[sdrif]|\{\w*\}(?!\})", str(text.value).replace("{{", ""))
        )
    }
    assert not wrong


MAIL = [*(PACKAGE.parent / "templates").glob("*/email/*.txt")]
TRANSLATED = re.compile(
    r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)


@pytest.mark.parametrize("path", MAIL, ids=lambda path: path.stem)
def test_a_mail_is_wholly_translated(path: Path) -> None:
    assert not re.findall(r"[A-Za-z]{2,}", TRANSLATED.sub("", path.read_text()))


def test_no_cached_function_keeps_a_translated_text() -> None:
    """A cached result would be used by requests in other languages."""
    kept = {
        f"{name}.{function.name}"
        for name, tree in modules().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and any(ast.unparse(each).partition("(")[0].rpartition(".")[2] in {"cache", "lru_cache"}
                for each in function.decorator_list)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and names_of_gettext(tree).get(called(call)) in NOT_LAZY
        and not isinstance(function.returns, ast.Name | None)
    }  # fmt: skip
    assert not kept
