"""What the README promises, compared with what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SETTINGS = "".join(
    (ROOT / "playground" / name).read_text() for name in ("settings.py", "environment.py")
)
READ = re.compile(r'(?:env\.\w+|read_\w+)\(\s*"([A-Z][A-Z0-9_]+)"')
ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)`", re.MULTILINE)


def test_each_setting_of_the_environment_stands_in_the_readme_and_no_other() -> None:
    assert set(ROW.findall(README)) == set(READ.findall(SETTINGS))


def test_environment_variables_are_read_in_settings_alone() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "playground").rglob("*.py")
        if re.search(r"os\.(getenv|environ\.get|environ\[\"\w+\"\](?! =))", path.read_text())
    }
    assert readers == set()


def test_each_make_target_that_the_readme_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:`|^    | )make ([a-z]+)(?:`|  |$)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_each_room_of_the_map_is_there() -> None:
    for room in re.findall(r"^\| `(playground/\w+/?)`", README, re.MULTILINE):
        assert (ROOT / room).exists(), room


def test_each_file_that_the_readme_links_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
