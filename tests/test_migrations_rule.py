"""Migrations keep the previous version working during an upgrade: rule of docs/migrations.md."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AlterField,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
)
from django.db.migrations.state import ProjectState

from playground import teams

LOADER = MigrationLoader(None)
OURS = ("teams", "catalog", "runs", "gallery", "archive", "experiments")
# Migrations older than the rule; no running version depends on what they changed.
BEFORE_THE_RULE = {
    ("runs", "0002_problems_and_events"),
    ("runs", "0003_media_files"),
    ("runs", "0005_media_files_alone"),
    ("runs", "0010_stars_and_trash"),
    ("runs", "0016_most_a_run_costs"),
    ("teams", "0004_kept_keys"),
    ("teams", "0007_membership_public_ids"),
    ("catalog", "0003_whose_models"),
}
NOW = LOADER.project_state()
MIGRATIONS = sorted(key for key in LOADER.disk_migrations if key[0] in OURS)


def state_before(key: tuple[str, str]) -> ProjectState:
    unmigrated = LOADER.unmigrated_apps
    state: ProjectState = LOADER.graph.make_state(nodes=[key], at_end=False, real_apps=unmigrated)
    return state


def find_unsafe_operations(app: str, migration: Migration, state: ProjectState) -> Iterator[str]:
    """Yield the operations of a migration that can break the previous version.

    state  the state before the migration; it is advanced to the one after it
    """
    made = {each.name_lower for each in migration.operations if isinstance(each, CreateModel)}
    for step in migration.operations:
        match step:
            case RemoveField() | RenameField() | RenameModel() | DeleteModel():
                yield step.describe()
            case AddConstraint() if step.model_name_lower not in made:
                yield step.describe()
            case AlterField() if is_narrowed(app, step, state):
                yield step.describe()
        step.state_forwards(app, state)


def is_narrowed(app: str, step: AlterField, before: ProjectState) -> bool:
    """Whether a column accepts less than before: no NULL, or fewer characters."""
    fields = before.models[app, step.model_name_lower].fields
    old, new = fields[step.name], step.field
    is_shorter = (new.max_length or 10**9) < (old.max_length or 10**9)
    return (old.null and not new.null) or is_shorter or type(old) is not type(new)


@pytest.mark.parametrize("key", MIGRATIONS, ids=".".join)
def test_removals_an_earlier_version_would_notice_take_two_releases(key: tuple[str, str]) -> None:
    migration = LOADER.disk_migrations[key]
    found = list(find_unsafe_operations(key[0], migration, state_before(key)))
    if key in BEFORE_THE_RULE:
        assert not hasattr(migration, "earlier_version")
    else:
        assert not found or hasattr(migration, "earlier_version"), found


@pytest.mark.parametrize("key", MIGRATIONS, ids=".".join)
def test_a_column_that_was_added_has_its_default_in_the_database(key: tuple[str, str]) -> None:
    """The previous version inserts rows without it. A later migration may add the default."""
    assert columns_without_default(key) == [] or key in BEFORE_THE_RULE


def columns_without_default(key: tuple[str, str]) -> list[str]:
    found = []
    for step in LOADER.disk_migrations[key].operations:
        if isinstance(step, AddField) and not step.field.many_to_many:
            field = NOW.models[key[0], step.model_name_lower].fields.get(step.name)
            is_free = field is None or field.null or isinstance(field, models.GeneratedField)
            if field is not None and not is_free and not field.has_db_default():
                found.append(step.describe())
    return found


class UnsafeMigration(Migration):
    """A migration with one operation of each forbidden kind."""

    operations = [
        RemoveField("run", "template"),
        RenameField("run", "addresses", "links"),
        DeleteModel("Draft"),
        RenameModel("Preset", "Recipe"),
        AddConstraint(
            "run", models.CheckConstraint(condition=models.Q(attempts__gt=0), name="tried")
        ),
        AlterField("run", "cost_most", models.DecimalField(max_digits=20, decimal_places=10)),
        AlterField("recipe", "name", models.CharField(max_length=8)),
    ]


def test_each_unsafe_operation_is_detected() -> None:
    found = list(
        find_unsafe_operations("runs", UnsafeMigration("9999", "runs"), LOADER.project_state())
    )
    assert len(found) == len(UnsafeMigration.operations)


@pytest.mark.parametrize("key", sorted(BEFORE_THE_RULE), ids=".".join)
def test_each_exception_breaks_the_rule(key: tuple[str, str]) -> None:
    found = list(find_unsafe_operations(key[0], LOADER.disk_migrations[key], state_before(key)))
    assert found or columns_without_default(key)


SOURCES = sorted(Path(teams.__file__).parents[1].glob("*/migrations/*.py"))


def read_imports(source: str) -> Iterator[str]:
    """Yield the imports of a module, also those in functions; "from a import b" is "a.b"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_frozen(imported: str, room: str) -> bool:
    """Whether an imported module is frozen, so that old migrations still run the same way."""
    frozen = f"playground.{room}.migrations._frozen"
    is_ours = imported == frozen or imported.startswith(f"{frozen}.")
    return is_ours or imported.split(".", maxsplit=1)[0] in {"django", *sys.stdlib_module_names}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_migration_imports_only_frozen_code(path: Path) -> None:
    room = path.parts[-3]
    assert [each for each in read_imports(path.read_text()) if not is_frozen(each, room)] == []


def test_imports_of_code_that_is_not_frozen_are_detected() -> None:
    source = (
        "import playground.columns\ndef fill():\n    from playground.gallery import search_index"
    )
    found = list(read_imports(source))
    assert found == ["playground.columns", "playground.gallery.search_index"]
    assert not any(is_frozen(each, "gallery") for each in found)
    assert not is_frozen("playground.runs.migrations._frozen.cut", "gallery")
