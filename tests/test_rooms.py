"""Which room may import which: the dependencies form no cycle.

A layer is a package or a module. It may import its own modules and those of the layers in its line
of the table. docs/architecture.md draws the same dependencies.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "playground"

# What most rooms use: column types, pages, limits of request bodies. Of the rooms it imports teams.
SHARED = {
    *("columns", "body_limits", "paging", "periods", "public_url", "database_clock", "web"),
    *("moments", "money", "texts", "sentences", "schema.lists", "wake_ups", "prepared_queries"),
    "addresses",
}
TEAMS = {"teams", "teams.models", "teams.roles", "teams.encryption", "teams.providers_in_use"}
MODELS = {*TEAMS, "catalog", "media", "providers", "columns", "texts", "database_clock"}
BELOW_PAGES = {
    *("runs.models", "runs.texts", "runs.advice", "runs.advice_texts"),
    *("runs.costs", "runs.files", "runs.problems"),
}
JSON_VALUES = {
    f"schema.{name}"
    for name in (
        *("values", "pointers", "names", "numbers", "files", "json_text"),
        *("translation", "lists"),
    )
}
VARIABLES = {"runs.variables", "runs.variable_entries"}
RUNS = BELOW_PAGES | {"runs.worker", "runs.lifecycle", "runs.batches", *VARIABLES}
BELOW_RUNS = {*TEAMS, "catalog", "schema", "media", "providers", *SHARED}

MAY_IMPORT: dict[str, set[str]] = {
    # pure: no tables, no requests
    "schema.values": set(),
    "schema.pointers": set(),
    "schema.names": set(),
    "schema.translation": set(),
    "schema.kept": set(),
    "schema.lists": {"schema.translation"},
    "schema.numbers": {"schema.values", "schema.translation"},
    "schema.files": {"schema.values", "schema.translation"},
    "schema.json_text": {"schema.values", "schema.translation"},
    "schema.reading": JSON_VALUES,
    "schema.tree": {"schema.reading", *JSON_VALUES},
    "schema.entries": {"schema.tree", "schema.reading", *JSON_VALUES},
    "schema.drawing": {"schema.entries", "schema.tree", *JSON_VALUES},
    "schema.messages": {"schema.entries", "schema.tree", "schema.reading", *JSON_VALUES},
    "schema": set(),
    "texts": set(),
    "providers": {"texts"},
    "sandbox": set(),
    "media": {"texts"},
    # workspaces and accounts, and the catalog of models
    "teams.roles": set(),
    "teams.encryption": {"columns", "texts"},
    "teams.providers_in_use": {"providers"},
    "teams.models": {
        *(
            "teams.roles",
            "teams.encryption",
            "teams.providers_in_use",
            "providers",
            "columns",
        ),
        "moments",
    },
    "teams": {
        "teams.models",
        "teams.roles",
        "teams.encryption",
        "teams.providers_in_use",
        "providers",
        "forwarded",
        "redaction",
        "__version__",
        *SHARED,
    },
    "catalog": {*TEAMS, "schema", "providers", *SHARED},
    # runs: tables first, pages last
    "runs.texts": {"texts", "media", "providers"},
    "runs.models": {*MODELS, "runs.texts", "schema", "prepared_queries", "addresses"},
    "runs.advice_texts": set(),
    "runs.advice": {"runs.advice_texts", "runs.models", "providers", "database_clock"},
    "runs.variables": {"schema.lists"},
    "runs.variable_entries": {"runs.variables", "catalog", "schema"},
    "runs.costs": {"runs.models", *BELOW_RUNS},
    "runs.files": {"runs.models", "runs.texts", *BELOW_RUNS},
    "runs.problems": {"runs.models", "runs.files", *BELOW_RUNS},
    "runs.worker": {*BELOW_PAGES, "thread_pool", "broker", "celery", *BELOW_RUNS},
    "runs.lifecycle": {*BELOW_PAGES, "runs.worker", *BELOW_RUNS},
    "runs.pages": {*RUNS, "kept_html", "body_timeouts", *BELOW_RUNS},
    "runs.batches": {"runs.lifecycle", *BELOW_PAGES, *BELOW_RUNS},
    "runs": {
        *RUNS,
        *("runs.pages", "thread_pool", "broker", "file_modes", "static_files"),
        *BELOW_RUNS,
    },
    # above runs
    "compose": {*RUNS, "runs.pages", *BELOW_RUNS},
    "gallery": {*RUNS, "runs.pages", "kept_html", *BELOW_RUNS},
    "experiments": {"gallery", "compose", *RUNS, "runs.pages", *BELOW_RUNS},
    "archive": {"gallery", *RUNS, "runs.pages", *BELOW_RUNS},
    "health": {*RUNS, "static_files", "broker", *BELOW_RUNS},
    # the modules at the root
    "static_files": {"collected_files"},
    "stylesheets": {"scripts", "collected_files"},
    "slow_clients": {"body_timeouts"},
    "sentences": {"schema.lists"},
    "thread_pool": {"task_backend"},
    "celery": set(),
    "broker": {"celery"},
    "celery_backend": {"broker", "celery", "task_backend"},
    "web": {"teams.models"},
    "kept_html": {"moments"},
    "body_limits": {"body_timeouts", "web"},
    "outage": {"web"},
    "settings": {"environment", "fixed_settings", "languages", "service_settings"},
    "service_settings": {"environment"},
    "startup": {"supervision"},
    "launch": {"startup", "supervision", "providers", "catalog", *TEAMS},
    "admin_site": {*TEAMS, "catalog", "runs.models"},
    "gunicorn": {"settings", "redaction", "runs.pages", *TEAMS},
    "loopback": {"public_url", *TEAMS},
    "wsgi": {"static_files"},
    "manifest": set(),
    "styleguide": {"web"},
    "urls": {*TEAMS, "admin_site", "manifest", "styleguide"},
}
# Tables that refer to each other, in imports for type checkers only.
IN_CIRCLES = {
    ("teams.models.api_key", "teams.models.workspace"),
    ("runs.models.preset", "runs.models.upload"),
    ("runs.models.run", "runs.models.run_queryset"),
    ("runs.models.run", "runs.models.upload"),
}
NO_DJANGO = {"providers", "sandbox"}


@cache
def modules() -> dict[str, Path]:
    """Return every module except migrations by its name without "playground."."""
    found = {}
    for path in PACKAGE.glob("**/*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "migrations" not in parts:
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


@cache
def imports(name: str) -> frozenset[str]:
    """Return the modules that a module imports in any form; only "playground." is cut off."""
    return frozenset(read_imports(name))


def read_imports(name: str) -> Iterator[str]:
    path = modules()[name]
    package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("playground.") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package[: len(package) - node.level + 1]
                base = ".".join(["playground", *above, *filter(None, [base])])
            for alias in node.names:
                full = f"{base}.{alias.name}".removeprefix("playground.")
                yield full if full in modules() else base.removeprefix("playground.")


def layer_of(name: str) -> str:
    """Return the innermost layer of a module; a module at the root is its own layer."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        layer = ".".join(parts[:length])
        if layer in MAY_IMPORT:
            return layer
    return name


def is_within(name: str, layers: set[str]) -> bool:
    """Whether a module is in one of these layers, or in a layer nested in one of them."""
    parts = name.split(".")
    return any(".".join(parts[:length]) in layers for length in range(1, len(parts) + 1))


def ours(name: str) -> set[str]:
    return {each for each in imports(name) if each in modules() and each}


@pytest.mark.parametrize("layer", sorted(MAY_IMPORT))
def test_a_layer_imports_only_what_its_arrows_allow(layer: str) -> None:
    allowed = MAY_IMPORT[layer] | {layer}
    against = {
        f"{name} -> {each}"
        for name in modules()
        if layer_of(name) == layer
        for each in ours(name)
        if layer_of(each) not in allowed and not is_within(each, allowed)
    }
    assert not against


def test_no_two_modules_import_each_other() -> None:
    pairs = {
        tuple(sorted((name, each)))
        for name in modules()
        for each in ours(name)
        if name in ours(each) and name != each
    }
    assert pairs == IN_CIRCLES


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms <= {layer.split(".")[0] for layer in MAY_IMPORT}


def test_every_module_at_the_root_that_imports_another_is_on_the_map() -> None:
    at_root = {name for name in modules() if "." not in name and modules()[name].stem == name}
    assert not {name for name in at_root if ours(name) and name not in MAY_IMPORT}


def test_the_arrows_make_no_circle() -> None:
    def reach(layer: str, seen: frozenset[str]) -> set[str]:
        further = {layer_of(each) for each in MAY_IMPORT.get(layer, set())} - {layer}
        assert not further & seen, f"{layer} is in a cycle with {further & seen}"
        return set().union(*(reach(each, seen | {layer}) for each in further), further)

    for layer in MAY_IMPORT:
        reach(layer, frozenset({layer}))


@pytest.mark.parametrize("room", sorted(NO_DJANGO))
def test_a_pure_room_does_not_import_django(room: str) -> None:
    within = [name for name in modules() if name.split(".")[0] == room]
    assert within
    assert not {n for n in within if any(each.split(".")[0] == "django" for each in imports(n))}


def test_the_form_engine_imports_no_database_or_request_code() -> None:
    outer = {each for name in modules() if layer_of(name) == "schema" for each in imports(name)}
    assert any(each.startswith("django.") for each in outer)
    assert not {
        each for each in outer if each.startswith(("django.db", "django.http", "django.conf"))
    }


def test_nothing_outside_imports_the_sandbox() -> None:
    outside = [name for name in modules() if name.split(".")[0] != "sandbox"]
    assert not {n for n in outside if any(layer_of(each) == "sandbox" for each in ours(n))}
