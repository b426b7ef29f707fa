"""The house's arrows, all one way: which room may import which."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "playground"
PURE: dict[str, set[str]] = {"schema": set(), "providers": set(), "sandbox": set()}
MAY_IMPORT: dict[str, set[str]] = {
    **PURE,
    "teams": {
        *("providers", "columns", "web", "paging", "forwarded", "public_url", "redaction"),
        "__version__",
    },
    "catalog": {"teams", "schema", "columns", "web", "bodies"},
    "media": {"runs"},  # receiving a file and describing it are still one module there
    "archive": {"media", "gallery", "runs", "teams", "catalog", "schema", "columns", "web"},
    "gallery": {"media", "runs", "teams", "catalog", "columns", "web", "bodies"},
    "runs": {
        *("media", "teams", "catalog", "providers", "schema"),
        *(
            "columns",
            "web",
            "paging",
            "bodies",
            "engine",
            "file_modes",
            "public_url",
            "static_files",
        ),
    },
}
NO_DJANGO = {"providers", "sandbox"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> Iterator[tuple[str, str]]:
    """Yield (room, imported module) for every import in a room."""
    for path in ROOT.glob("*/**/*.py"):
        room = path.relative_to(ROOT).parts[0]
        for name in imported(path):
            yield room, name


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms == set(MAY_IMPORT)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_its_arrows_allow(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room}
    inner = {
        name.split(".")[1]
        for at, name in modules()
        if at == room and name.startswith("playground.")
    }
    assert inner <= allowed


@pytest.mark.parametrize("room", sorted(NO_DJANGO))
def test_a_pure_room_knows_nothing_of_django(room: str) -> None:
    assert not {name for at, name in modules() if at == room and name.split(".")[0] == "django"}


def test_the_form_engine_knows_nothing_of_database_or_requests() -> None:
    outer = {name for at, name in modules() if at == "schema" and name.startswith("django.")}
    assert not {
        name for name in outer if name.startswith(("django.db", "django.http", "django.conf"))
    }


def test_nothing_outside_imports_the_sandbox() -> None:
    assert not {at for at, name in modules() if at != "sandbox" and ".sandbox" in name}
