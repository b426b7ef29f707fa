"""The version of the program: its format, and where it is printed and shown."""

import re
import subprocess
import sys

import pytest
from django.test import Client

from playground import __version__
from tests.test_readme import ROOT

pytestmark = pytest.mark.once


@pytest.mark.parametrize("argument", ["version", "--version"])
def test_the_command_line_prints_the_version_of_the_program(argument: str) -> None:
    command = [sys.executable, "manage.py", argument]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == f"{__version__}\n"


@pytest.mark.parametrize("address", ["/models/", "/gallery/", "/team/"])
def test_the_menu_of_a_page_shows_the_version(client: Client, address: str) -> None:
    assert f"Playground {__version__}</p>" in client.get(address).text


def test_anonymous_visitors_see_no_version(db: None) -> None:
    assert __version__ not in Client().get("/login/").text


def test_the_changelog_has_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## \[?{re.escape(__version__)}\]?", changelog, re.MULTILINE)
