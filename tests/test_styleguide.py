"""The style guide page, which only development has."""

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.once


def test_the_styleguide_is_off_by_default(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 404


@override_settings(STYLEGUIDE=True)
def test_it_draws_every_component_in_light_and_dark(client: Client) -> None:
    page = client.get("/styleguide/").text
    for scheme in ("light", "dark"):
        assert f'<section class="guide__scheme" data-theme="{scheme}"' in page
    for component in (
        "button--main",
        "segments",
        "pill",
        "tag",
        "chip",
        "notice",
        "strip",
        "tile",
        "models-list",
    ):
        assert page.count(f'class="{component}') + page.count(f" {component}") >= 2
    assert page.count("data-hover") == 2 * 4
    assert page.count("data-focus") == 2 * 3
    assert page.count('<div class="affix">') == 2
    assert page.count("$0.0315") == 2
