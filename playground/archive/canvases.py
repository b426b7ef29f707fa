"""The canvases of contact sheets, one for PNG and one for PDF; both measure in points.

The font has Latin, Greek, Cyrillic, Chinese, Japanese and Korean letters. Missing glyphs (emoji,
Arabic, Indic scripts) are omitted instead of shown as boxes.
"""

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas as pdf

FONT = "Sheet"
DOTS = 2  # pixels of a PNG per point

type Ink = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place on a page in points, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


class Canvas(Protocol):
    """A canvas for contact sheets; texts are placed by their baseline."""

    def measure(self, words: str, size: float) -> float: ...
    def write(self, x: float, y: float, words: str, size: float, ink: Ink) -> None: ...
    def fill(self, box: Box, ink: Ink) -> None: ...
    def paste(self, box: Box, picture: Image.Image) -> None: ...
    def turn_page(self) -> None: ...
    def finish(self) -> bytes: ...


@cache
def font_path() -> Path:
    return Path(str(files("paperang_p2_fonts_cjk") / "fonts" / "wqy-microhei.ttc"))


@cache
def known_letters() -> frozenset[int]:
    font: Any = TTFont(FONT, str(font_path()))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


def legible(words: str) -> str:
    """Return a text on one line, without characters that the font lacks."""
    return " ".join("".join(each for each in words if ord(each) in known_letters() or
                            each.isspace()).split())  # fmt: skip


@cache
def find_font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path()), round(size * DOTS))


class PngCanvas:
    """Draws one image, as high as necessary."""

    def __init__(self, width: float, height: float) -> None:
        self.image = Image.new("RGB", (round(width * DOTS), round(height * DOTS)), "white")
        self.draw = ImageDraw.Draw(self.image)

    def measure(self, words: str, size: float) -> float:
        return float(find_font(size).getlength(words)) / DOTS

    def write(self, x: float, y: float, words: str, size: float, ink: Ink) -> None:
        place = (x * DOTS, y * DOTS)
        self.draw.text(place, words, fill=ink, font=find_font(size), anchor="ls")

    def fill(self, box: Box, ink: Ink) -> None:
        right, bottom = box.x + box.width, box.y + box.height
        self.draw.rectangle((box.x * DOTS, box.y * DOTS, right * DOTS, bottom * DOTS), fill=ink)

    def paste(self, box: Box, picture: Image.Image) -> None:
        size = (max(round(box.width * DOTS), 1), max(round(box.height * DOTS), 1))
        small = picture.resize(size, Image.Resampling.LANCZOS)
        self.image.paste(small, (round(box.x * DOTS), round(box.y * DOTS)))

    def turn_page(self) -> None:
        """There is one page only."""

    def finish(self) -> bytes:
        buffer = io.BytesIO()
        self.image.save(buffer, "PNG")
        return buffer.getvalue()


class PdfCanvas:
    """Draws pages whose text can be searched and copied."""

    def __init__(self, width: float, height: float, title: str) -> None:
        known_letters()  # registers the font
        self.height = height
        self.buffer = io.BytesIO()
        self.canvas: Any = pdf.Canvas(self.buffer, pagesize=(width, height))
        self.canvas.setTitle(title)

    def measure(self, words: str, size: float) -> float:
        return float(pdfmetrics.stringWidth(words, FONT, size))

    def write(self, x: float, y: float, words: str, size: float, ink: Ink) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.setFillColorRGB(*(part / 255 for part in ink))
        self.canvas.drawString(x, self.height - y, words)

    def fill(self, box: Box, ink: Ink) -> None:
        self.canvas.setFillColorRGB(*(part / 255 for part in ink))
        bottom = self.height - box.y - box.height
        self.canvas.rect(box.x, bottom, box.width, box.height, stroke=0, fill=1)

    def paste(self, box: Box, picture: Image.Image) -> None:
        jpeg = io.BytesIO()  # PDF embeds JPEG unchanged; anything else is ten times as large
        picture.save(jpeg, "JPEG", quality=88)
        jpeg.seek(0)
        bottom = self.height - box.y - box.height
        self.canvas.drawImage(ImageReader(jpeg), box.x, bottom, box.width, box.height)

    def turn_page(self) -> None:
        self.canvas.showPage()

    def finish(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()
