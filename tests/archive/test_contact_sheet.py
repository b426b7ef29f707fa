"""Contact sheets: pictures as PNG, and PDF pages with searchable text."""

import base64
import io
import zlib

import pytest
from django.test import Client
from PIL import Image

from playground.archive import canvases, contact_sheet
from playground.archive.contact_sheet import layout_a4, layout_single
from tests.archive.conftest import AddStoredPicture, remove_stored_file, select

pytestmark = pytest.mark.once


def test_a_png_contact_sheet_shows_each_selected_picture(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    one, two = (
        add_stored_picture("a lighthouse", colour="#ff0000"),
        add_stored_picture("海边的灯塔", colour="#0000ff"),
    )
    add_stored_picture("left here", colour="#00ff00")
    response = select(client, "/gallery/sheet.png", one, two)
    image = Image.open(io.BytesIO(response.getvalue()))
    seen = {
        image.getpixel((x, y)) for x in range(0, image.width, 9) for y in range(0, image.height, 9)
    }
    found = [any(is_near(colour, main) for colour in seen) for main in (RED, BLUE, GREEN)]
    assert found == [True, True, False]
    assert "contact-sheet" in response["Content-Disposition"]


RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def is_near(colour: float | tuple[int, ...] | None, wanted: tuple[int, ...]) -> bool:
    return isinstance(colour, tuple) and all(
        abs(a - b) < 12 for a, b in zip(colour, wanted, strict=True)
    )


def test_a_pdf_contact_sheet_continues_on_more_pages(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    output = add_stored_picture("海边的灯塔", count=layout_a4().frames + 1)
    response = select(client, "/gallery/sheet.pdf", *output.run.outputs.all())
    assert response["Content-Type"] == "application/pdf"
    assert response.getvalue().startswith(b"%PDF-")
    assert response.getvalue().count(b"/Type /Page\n") == 2


def test_the_text_of_a_pdf_can_be_searched_in_any_script(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    response = select(
        client,
        "/gallery/sheet.pdf",
        add_stored_picture("海边的灯塔"),
        add_stored_picture("Маяк", colour="red"),
    )
    maps = b"".join(pdf_streams(response.getvalue())).upper()
    for letter in "海灯塔Мя":
        assert f"<{ord(letter):04X}>".encode() in maps


@pytest.mark.parametrize(("language", "is_chinese"), [("en", False), ("zh-hans", True)])
def test_a_contact_sheet_is_in_the_language_of_its_maker(
    client: Client, add_stored_picture: AddStoredPicture, language: str, *, is_chinese: bool
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    response = select(client, "/gallery/sheet.pdf", add_stored_picture("a lighthouse"))
    maps = b"".join(pdf_streams(response.getvalue())).upper()
    assert (f"<{ord('张'):04X}>".encode() in maps) == is_chinese  # as in 1张图片


def pdf_streams(content: bytes) -> list[bytes]:
    found = []
    for piece in content.split(b"stream\n")[1:]:
        body = piece.partition(b"endstream")[0].strip()
        try:
            body = base64.a85decode(body.removesuffix(b"~>")) if body.endswith(b"~>") else body
            found.append(zlib.decompress(body))
        except (ValueError, zlib.error):
            continue
    return found


def test_characters_missing_from_the_font_are_left_out() -> None:
    assert (
        canvases.legible("a fox 🦊 at\nnight, 狐狸, лиса, αλεπού")
        == "a fox at night, 狐狸, лиса, αλεπού"
    )


@pytest.mark.parametrize("words", ["word " * 40, "塔" * 200, "w" * 300, "", "a"])
def test_no_line_is_longer_than_its_frame(words: str) -> None:
    canvas = canvases.PngCanvas(10, 10)
    lines = contact_sheet.wrap(canvas, words.strip(), 7, 100, lines=2, then=120)
    assert len(lines) <= 2
    assert all(
        canvas.measure(line, 7) <= room for line, room in zip(lines, (100, 120), strict=False)
    )


@pytest.mark.parametrize("count", [1, 7, 50, 200])
def test_every_frame_fits_on_the_page(count: int) -> None:
    layout = layout_single(count)
    last = layout.frame(count - 1)
    assert layout.frames >= count
    assert last.x + last.width <= layout.width
    assert last.y + last.height + contact_sheet.CAPTION <= layout.height


def test_a_deleted_picture_leaves_its_frame_empty(
    client: Client, add_stored_picture: AddStoredPicture
) -> None:
    gone = add_stored_picture("gone")
    remove_stored_file(gone, "thumbnail")
    for kind in ("png", "pdf"):
        assert select(client, f"/gallery/sheet.{kind}", gone).status_code == 200


def test_too_many_pictures_are_refused_with_a_message(
    client: Client, add_stored_picture: AddStoredPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_stored_picture("one", count=2)
    monkeypatch.setattr(contact_sheet, "MOST", 1)
    assert "At most 1 pictures" in client.get("/gallery/sheet.pdf", follow=True).text
