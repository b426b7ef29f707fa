"""Contact sheets: numbered thumbnails in rows, each with its prompt, as PDF or PNG."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image

from playground import moments
from playground.archive.canvases import Box, Canvas, Ink, PdfCanvas, PngCanvas, legible
from playground.archive.selection import Selection
from playground.media import pictures, storage
from playground.runs.models import Output

MOST = 200

A4 = (595.28, 841.89)
MARGIN, GAP, HEAD, FOOT = 36.0, 12.0, 46.0, 20.0
CAPTION = 34.0  # below a picture: two lines of prompt, one of facts
INK: Ink = (28, 30, 36)
FAINT: Ink = (112, 116, 126)
PAPER: Ink = (240, 240, 243)  # behind pictures with another aspect ratio than the frame
NUMBER: Ink = (178, 84, 10)  # like frame numbers on film

WORDS_SIZE, FACTS_SIZE, TITLE_SIZE = 7.0, 6.0, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The grid of a page: number and size of frames, in points.

    side  of the square frame of a picture
    """

    width: float
    height: float
    columns: int
    rows: int
    side: float

    @property
    def frames(self) -> int:
        return self.columns * self.rows

    def frame(self, index: int) -> Box:
        row, column = divmod(index, self.columns)
        x = MARGIN + column * (self.side + GAP)
        y = MARGIN + HEAD + row * (self.side + CAPTION + GAP)
        return Box(x=x, y=y, width=self.side, height=self.side)


def layout_a4() -> Layout:
    width, height = A4
    columns = 5
    side = (width - 2 * MARGIN - (columns - 1) * GAP) / columns
    room = height - 2 * MARGIN - HEAD - FOOT + GAP
    rows = int(room / (side + CAPTION + GAP))
    return Layout(width=width, height=height, columns=columns, rows=rows, side=side)


def layout_single(count: int) -> Layout:
    """Return a layout with all pictures on one page, roughly square for many."""
    columns = min(max(ceil(count**0.5 * 1.1), 3), 12)
    rows, side = ceil(count / columns), 130.0
    width = 2 * MARGIN + columns * (side + GAP) - GAP
    height = 2 * MARGIN + HEAD + rows * (side + CAPTION + GAP) + FOOT - GAP
    return Layout(width=width, height=height, columns=columns, rows=rows, side=side)


def draw_png(selection: Selection) -> bytes:
    layout = layout_single(len(selection.ids))
    return draw_sheet(selection, layout, PngCanvas(layout.width, layout.height))


def draw_pdf(selection: Selection) -> bytes:
    layout = layout_a4()
    title = f"{selection.membership.workspace.name}, {timezone.localdate()}"
    return draw_sheet(selection, layout, PdfCanvas(layout.width, layout.height, title))


KINDS: dict[str, tuple[str, Callable[[Selection], bytes]]] = {
    "png": ("image/png", draw_png),
    "pdf": ("application/pdf", draw_pdf),
}


def draw_sheet(selection: Selection, layout: Layout, canvas: Canvas) -> bytes:
    count = len(selection.ids)
    pages = max(ceil(count / layout.frames), 1)
    title = legible(selection.membership.workspace.name) or _("Pictures")
    for index, output in enumerate(selection.read()):
        page, place = divmod(index, layout.frames)
        if not place:
            if page:
                canvas.turn_page()
            draw_edges(canvas, layout, title, count, f"{page + 1} / {pages}")
        draw_frame(canvas, layout.frame(place), output, index + 1)
    return canvas.finish()


def draw_edges(canvas: Canvas, layout: Layout, title: str, count: int, page: str) -> None:
    """Draw header and footer of a page."""
    today = moments.format_time(timezone.now(), "date")
    summary = ngettext("%(count)d picture, %(date)s", "%(count)d pictures, %(date)s", count)
    summary %= {"count": count, "date": today}
    right = layout.width - MARGIN
    room = right - MARGIN - canvas.measure(summary, 9) - GAP
    (line,) = wrap(canvas, title, TITLE_SIZE, room, lines=1)
    canvas.write(MARGIN, MARGIN + 16, line, TITLE_SIZE, INK)
    canvas.write(right - canvas.measure(summary, 9), MARGIN + 16, summary, 9, FAINT)
    rule = Box(x=MARGIN, y=MARGIN + 27, width=right - MARGIN, height=0.5)
    canvas.fill(rule, FAINT)
    canvas.write(right - canvas.measure(page, 8), layout.height - MARGIN + 8, page, 8, FAINT)


def draw_frame(canvas: Canvas, box: Box, output: Output, number: int) -> None:
    canvas.fill(box, PAPER)
    picture = open_picture(output)
    if picture is None:
        kind = output.file and not output.file.thumbnail and output.file.get_kind_display()
        words = str(kind or _("not here"))
        x = box.x + (box.width - canvas.measure(words, 9)) / 2
        canvas.write(x, box.y + box.height / 2, words, 9, FAINT)
    else:
        with picture:
            canvas.paste(fit_into(box, *picture.size), picture)
    bottom = box.y + box.height
    label = str(number)
    canvas.write(box.x, bottom + 9, label, WORDS_SIZE, NUMBER)
    indent = canvas.measure(label, WORDS_SIZE) + 4
    words = legible(output.run.headline[:300]) or legible(output.run.spec.shown_title)
    first, *rest = [*wrap(canvas, words, WORDS_SIZE, box.width - indent, lines=2, then=box.width)]
    canvas.write(box.x + indent, bottom + 9, first, WORDS_SIZE, INK)
    for line in rest:
        canvas.write(box.x, bottom + 18, line, WORDS_SIZE, INK)
    stars = "★" * output.stars
    room = box.width - canvas.measure(stars, FACTS_SIZE) - 3
    model = legible(output.run.spec.shown_title)
    facts = f"{moments.format_time(output.run.created_at, 'day')}, {model}"
    (line,) = wrap(canvas, facts, FACTS_SIZE, room, lines=1)
    canvas.write(box.x, bottom + 27, line, FACTS_SIZE, FAINT)
    if stars:
        x = box.x + box.width - canvas.measure(stars, FACTS_SIZE)
        canvas.write(x, bottom + 27, stars, FACTS_SIZE, NUMBER)


def fit_into(box: Box, width: int, height: int) -> Box:
    """Return the box of a picture, centred in its frame."""
    scale = min(box.width / width, box.height / height)
    wide, high = width * scale, height * scale
    x, y = box.x + (box.width - wide) / 2, box.y + (box.height - high) / 2
    return Box(x=x, y=y, width=wide, height=high)


def open_picture(output: Output) -> Image.Image | None:
    """Return the thumbnail of an output; None where there is none."""
    if output.file is None or not output.file.thumbnail:
        return None
    try:
        with storage.open_part(output.file.thumbnail, 0, None) as file:
            content = io.BytesIO(file.read() or b"")
        with pictures.decoding, Image.open(content, formats=["WEBP"]) as image:
            shown = image.convert("RGBA")
    except (OSError, ValueError):  # gone, or damaged
        return None
    paper = Image.new("RGBA", shown.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, shown).convert("RGB")


def wrap(
    canvas: Canvas, words: str, size: float, room: float, *, lines: int, then: float = 0
) -> list[str]:
    """Wrap a text between words, or between letters of a longer word.

    then  width of the lines after the first
    """
    found: list[str] = []
    while words and len(found) < lines:
        end = find_end(canvas, words, size, room)
        is_last = len(found) == lines - 1
        if is_last and end < len(words):
            while end and canvas.measure(words[:end].rstrip() + "…", size) > room:
                end -= 1
            found.append(words[:end].rstrip() + "…")
            break
        space = words.rfind(" ", 0, end + 1)
        cut = space if end < len(words) and space > 0 and ord(words[end]) < 0x2E80 else end  # noqa: PLR2004 - where Chinese begins, which is cut anywhere
        found.append(words[:cut].rstrip())
        words, room = words[cut:].lstrip(), then or room
    return found or [""]


def find_end(canvas: Canvas, words: str, size: float, room: float) -> int:
    """Return how many letters of a text fit; at least one."""
    low, high = 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if canvas.measure(words[:middle], size) <= room else (low, middle - 1)
        )
    return low
