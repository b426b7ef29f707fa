"""The pages of a comparison in a pseudo-language without Latin letters."""

from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from playground.gallery.models import Tag
from playground.runs.models import Output
from tests.experiments.test_compare import address
from tests.gallery.conftest import AddPicture
from tests.pseudo_language import IN_CHINESE, parse, read_texts, untranslated

pytestmark = [pytest.mark.usefixtures("pseudo_chinese"), pytest.mark.once]

TITLES = ("Seedream 5 Lite", "Resolution", "Images", "ana", "4k")


def read(client: Client, *outputs: Output) -> str:
    page: ET.Element = parse(client.get(address(*outputs), headers=IN_CHINESE).text)
    main = page.find(".//main")
    assert main is not None
    return " ".join(read_texts(main, {"compare-link"}))


def test_the_comparison_page_is_translated(client: Client, add_picture: AddPicture) -> None:
    added = [add_picture("一座灯塔", resolution="4k"), add_picture("一艘船"), add_picture("一只猫")]
    Tag.objects.create(workspace=added[0].run.workspace, name="猫").outputs.add(added[0])
    page = read(client, *added)
    assert untranslated(page, *TITLES) == []


def test_the_page_of_an_impossible_comparison_is_translated(
    client: Client, add_picture: AddPicture
) -> None:
    added = [add_picture("一艘船") for _ in range(7)]
    assert untranslated(read(client, *added)) == []
    assert untranslated(read(client, added[0])) == []
