"""Compares README and the other Markdown files with the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SETTINGS = "".join(
    (ROOT / "playground" / name).read_text()
    for name in ("settings.py", "environment.py", "service_settings.py")
)
READ = re.compile(r'(?:env\.\w+|read_\w+)\(\s*"([A-Z][A-Z0-9_]+)"')
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)`", re.MULTILINE)

PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
}
BLOCK = re.compile(r"^```(?s:.*?)^```|^ {4}\S.*$", re.MULTILINE)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"^(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)")
MANAGE = re.compile(r"manage\.py ([a-z_]+)(?: ([a-z-]+))?")
ANSWERED_BY_MANAGE_PY = {"version"}
DJANGO_S_OWN = {"check", "collectstatic"}
FILE = re.compile(r"(?:playground|templates|static|tests|docs|benchmarks|\.ci)/[\w./-]*\w/?")
# Created by the setup, as the text says.
NOT_IN_THE_REPOSITORY = {"static-collected"}

of_every_page = pytest.mark.parametrize("page", sorted(PAGES))


def read_code(page: str) -> Iterator[str]:
    """Yield each line of the code blocks of a page, and its code spans."""
    text = PAGES[page]
    for block in BLOCK.findall(text):
        yield from (line.strip() for line in block.splitlines())
    yield from SPAN.findall(re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(page: str) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    titles = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(PAGES[page]))
    return {title.strip().replace(" ", "-") for title in titles}


def test_the_readme_is_a_page_or_two() -> None:
    assert len(README.splitlines()) <= 100


def test_each_setting_of_the_environment_is_in_the_table_and_no_other() -> None:
    assert set(ROW.findall(PAGES["docs/settings.md"])) == set(READ.findall(SETTINGS))


def test_environment_variables_are_read_only_in_settings() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "playground").rglob("*.py")
        if re.search(r"os\.(getenv|environ\.get|environ\[\"\w+\"\](?! =))", path.read_text())
    }
    assert readers == set()


def test_the_map_has_every_room_and_no_other() -> None:
    named = re.findall(r"^\| `playground/(\w+)/`", PAGES["docs/architecture.md"], re.MULTILINE)
    assert set(named) == {path.parent.name for path in ROOT.glob("playground/*/__init__.py")}


@of_every_page
def test_each_named_make_target_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {found[1] for code in read_code(page) if (found := MAKE.match(code))}
    assert named <= targets


@of_every_page
def test_each_named_command_exists(page: str) -> None:
    found = [pair for code in read_code(page) for pair in MANAGE.findall(code)]
    ours = {name for name, app in get_commands().items() if app.startswith("playground.")}
    assert {name for name, _ in found} <= ours | DJANGO_S_OWN | ANSWERED_BY_MANAGE_PY
    usage = load_command_class("playground.teams", "people").create_parser("", "").format_help()
    acts = {act for name, act in found if name == "people" and act}
    assert {act for act in acts if not re.search(rf"\b{act}\b", usage)} == set()


@of_every_page
def test_each_linked_file_exists(page: str) -> None:
    folder = (ROOT / page).parent
    for target, anchor in LINK.findall(PAGES[page]):
        path = (folder / target).resolve() if target else ROOT / page
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path.relative_to(ROOT).as_posix()), f"{target}#{anchor}"


@of_every_page
def test_each_named_file_exists(page: str) -> None:
    named = {found[0] for code in read_code(page) if (found := FILE.fullmatch(code))}
    assert {name for name in named if not (ROOT / name).exists()} <= NOT_IN_THE_REPOSITORY


def test_each_page_of_the_documentation_is_linked_by_the_readme() -> None:
    linked = {target for target, _ in LINK.findall(README)}
    translated = {page for page in PAGES if page.startswith("docs/zh-Hans/")}
    assert set(PAGES) - {"README.md"} - translated <= linked
    in_chinese = "docs/zh-Hans/README.md"
    names = {f"docs/zh-Hans/{target}" for target, _ in LINK.findall(PAGES[in_chinese])}
    assert in_chinese in linked
    assert translated - {in_chinese} <= names
