"""Formats of amounts of money, and their units."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from playground import money
from playground.teams.models import Workspace
from tests.launched import ROOT

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("unit", "amount", "words"),
    [
        ("$", "0.0315", "$0.0315"),
        ("$", "12", "$12.00"),
        ("$", "0.5", "$0.50"),
        ("$", "0", "$0.00"),
        ("$", "1234567.5", "$1,234,567.50"),
        ("¥", "3", "¥3.00"),
        ("US$", "3", "US$3.00"),
        ("EUR", "3", "3.00\N{NO-BREAK SPACE}EUR"),
        ("credits", "3", "3\N{NO-BREAK SPACE}credits"),
        ("credits", "1200", "1,200\N{NO-BREAK SPACE}credits"),
        ("", "0.0315", "0.0315"),
        ("", "12.50", "12.5"),
        ("", "1E+2", "100"),
        ("$", "0.913499999999999", "$0.9135"),
    ],
)
def test_an_amount_is_written_in_its_unit(unit: str, amount: str, words: str) -> None:
    with money.in_unit(unit):
        assert money.format_amount(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("amount", "about", "at_most"),
    [
        ("0.0315", "$0.03", "$0.04"),
        ("0.189", "$0.19", "$0.19"),
        ("0.0034", "$0.003", "$0.004"),
        ("0.00098", "$0.001", "$0.001"),
        ("0.01", "$0.01", "$0.01"),
        ("11.284", "$11.28", "$11.29"),
        ("0", "$0.00", "$0.00"),
    ],
)
def test_an_estimate_is_rounded_and_a_maximum_is_rounded_up(
    amount: str, about: str, at_most: str
) -> None:
    with money.in_unit("$"):
        assert money.format_about(Decimal(amount)) == about
        assert money.format_at_most(Decimal(amount)) == at_most


def test_machine_readable_amounts_are_plain_numbers() -> None:
    with money.in_unit("$"):
        assert money.format_number(Decimal("1200.50")) == "1200.5"


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("$", "$1,250.00"), ("credits", "1,250\N{NO-BREAK SPACE}credits"), ("", "1,250 left")],
)
def test_pages_write_amounts_in_the_unit_of_their_workspace(
    client: Client, unit: str, shown: str
) -> None:
    Workspace.objects.update(monthly_budget=1250, unit="₿")
    sent = {"name": "Studio", "unit": unit, "shares_runs": "workspace"}
    assert client.post("/team/general/", sent).status_code == 302
    page = client.get("/team/budget/").text
    assert shown in page
    assert 'value="1250"' in page  # a form field has no unit
    assert money.format_amount(Decimal(1)) == "1"  # no unit outside of a request


@pytest.mark.parametrize("unit", ["x" * 13, "5", "a\0"])
def test_an_invalid_unit_is_refused_at_its_field(client: Client, unit: str) -> None:
    sent = {"name": "Studio", "unit": unit, "shares_runs": "workspace"}
    answer = client.post("/team/general/", sent)
    assert answer.status_code == 422
    assert 'id="id_unit_error"' in answer.text
    assert Workspace.objects.get().unit == "$"


def without_formatted(template: str) -> str:
    """Remove the placeholders of translated texts whose values are already formatted."""
    for name in re.findall(r"\b(\w+)=[\w.]+\|(?:amount|about)", template):
        template = template.replace(f"{{{{ {name} }}}}", "")
    return template


def test_no_template_and_no_module_writes_money_in_another_way() -> None:
    bare = re.compile(r"\{\{ (?:\w+\.)*(?:cost_\w+|\w*budget|spent\w*|limit|foreseen)(?: |\|[^a])")
    found = {
        str(path.relative_to(ROOT)): bare.findall(text)
        for path in (ROOT / "templates").rglob("*.*")
        if bare.search(text := without_formatted(path.read_text().replace("|number", "|amount")))
    }
    assert found == {}
    modules = [p for p in (ROOT / "playground").rglob("*.py") if "normalize():f" in p.read_text()]
    assert [path.name for path in modules] == ["money.py"]
