"""A picture dropped anywhere on the gallery opens its run."""

import base64
import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import expect_pictures, generate
from tests.launched import Launched

pytestmark = pytest.mark.once

DRAG = """([name, content]) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    data.items.add(new File([bytes], "dropped.jpg", {type: "image/jpeg"}));
    const options = {dataTransfer: data, bubbles: true, cancelable: true};
    document.querySelector("h1").dispatchEvent(new DragEvent(name, options));
}"""


def test_a_copy_dropped_on_the_gallery_opens_its_picture(
    playground: Page, launched: Launched
) -> None:
    card = generate(playground, "a windmill beside a canal")
    expect_pictures(card, 1)
    shown = card.get_by_role("img", name=re.compile("^Picture ")).get_attribute("src")
    copy = small_copy(playground.request.get(f"{launched.url.rstrip('/')}{shown}").body())
    playground.goto(f"{launched.url}gallery/")
    playground.evaluate(DRAG, ["dragenter", copy])
    expect(playground.get_by_text("Drop an image to search")).to_be_visible()
    playground.evaluate(DRAG, ["drop", "bm8gcGljdHVyZQ=="])
    expect(playground.get_by_role("alert")).to_contain_text("This is not a JPEG")
    playground.evaluate(DRAG, ["drop", copy])
    expect(playground.get_by_role("heading", name="a windmill beside a canal")).to_be_visible()
    assert re.search(r"/gallery/[0-9a-f-]{36}/$", playground.url)


def small_copy(content: bytes) -> str:
    """Return a smaller copy of a picture with lossy compression, in base64."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        width, height = picture.size
        picture.convert("RGB").resize((width // 2, height // 2)).save(buffer, "JPEG", quality=70)
    return base64.b64encode(buffer.getvalue()).decode()
