"""The web app manifest, by which browsers install the pages as an app."""

import io
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from PIL import Image

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ICON = re.compile(r'<link rel="apple-touch-icon" href="/static/([^"]+)">')


def open_static(address: str) -> Image.Image:
    found = finders.find(address.removeprefix("/static/"))
    return Image.open(io.BytesIO(Path(str(found)).read_bytes()))


def test_a_browser_without_a_login_gets_what_it_needs_to_install_the_app() -> None:
    response = Client().get(reverse("manifest"))
    assert response["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert (manifest["display"], manifest["start_url"]) == ("standalone", reverse("home"))
    icons = {(each["sizes"], each["purpose"]) for each in manifest["icons"]}
    assert icons == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def test_each_icon_has_the_size_in_the_manifest() -> None:
    for icon in Client().get(reverse("manifest")).json()["icons"]:
        image = open_static(icon["src"])
        assert (image.format, "{}x{}".format(*image.size)) == ("PNG", icon["sizes"])


def test_a_maskable_icon_has_the_logo_in_its_safe_zone() -> None:
    """Browsers may crop to a circle of 80 % of the side: W3C, Web App Manifest, maskable icons."""
    image = open_static("img/icon-maskable-512.png").convert("RGB")
    far = (
        image.getpixel((x, y))
        for x in range(0, 512, 4)
        for y in range(0, 512, 4)
        if (x - 256) ** 2 + (y - 256) ** 2 > (0.4 * 512) ** 2
    )
    assert set(far) == {(255, 255, 255)}


def test_every_page_names_the_manifest_and_the_icon_of_a_phone(client: Client) -> None:
    response = client.get(reverse("gallery"))
    policy = response["Content-Security-Policy"]  # of the page; it must allow the manifest
    assert policy.startswith("default-src 'self';")
    assert "manifest-src" not in policy
    page = response.text
    assert f'<link rel="manifest" href="{reverse("manifest")}">' in page
    found = ICON.search(page)
    assert found
    assert open_static(found[1]).size == (180, 180)
