"""Fills a gallery with small pictures, written directly to a program's database and storage.

It is a separate process, because the process of the tests has another database:
`python -m tests.browser.full_gallery 130` in the environment of the program to fill.
"""

import io
import itertools
import sys
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import django

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIZES = ((96, 64), (64, 96), (80, 80), (160, 70), (120, 90), (54, 96))
COLOURS = ("teal", "peru", "slateblue", "olive", "indianred", "steelblue", "goldenrod")


def main(count: int, scale: int = 1) -> None:
    """Add `count` outputs an hour apart, "picture 0" the oldest; the newest is a video."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - only after django.setup()

    from playground.catalog.models import ModelSpec  # noqa: PLC0415
    from playground.runs.models import Output, Run  # noqa: PLC0415
    from playground.teams.models import ApiKey, Workspace  # noqa: PLC0415

    workspace = Workspace.objects.first_one()
    author, _ = User.objects.get_or_create(username="demo")
    spec = ModelSpec.objects.get(slug="doubao-seedream-5-0-lite")
    key = ApiKey.objects.filter(workspace=workspace)[0]
    for number in range(count):
        at = NOON + timedelta(hours=number)
        run = Run.objects.create(
            workspace=workspace, author=author, spec=spec, api_key=key, status="succeeded",
            inputs={"prompt": f"picture {number}", "n": 1}, task_id=str(uuid.uuid4()),
            finished_at=at, stored_at=at, next_check_at=None,
        )  # fmt: skip
        Run.objects.filter(pk=run.pk).update(created_at=at)
        content = make_video() if number == count - 1 else draw(number, scale)
        Output.objects.create(
            run=run, position=0, stored_at=at, file=store_file(workspace.pk, content)
        )


def store_file(workspace: uuid.UUID, content: bytes) -> Any:
    from playground.media import incoming, inspection  # noqa: PLC0415 - as below
    from playground.runs.files import media_files  # noqa: PLC0415 - only after django.setup()
    from playground.runs.models import MediaKind  # noqa: PLC0415

    with incoming.receive([content]) as file:
        read = inspection.read_content(file, MediaKind.IMAGE, limit_pixels=10**8)
        return media_files.store_file(workspace, file, read)


def draw(number: int, scale: int) -> bytes:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - as above

    width, height = (side * scale for side in SIZES[number % len(SIZES)])
    picture = Image.new("RGB", (width, height), COLOURS[number % len(COLOURS)])
    pen = ImageDraw.Draw(picture)
    for step in itertools.takewhile(lambda at: at < height, range(0, height, 12 * scale)):
        pen.line((0, step, width, step + number % 40), fill="white", width=scale)
    pen.text((4 * scale, 4 * scale), str(number), fill="white", font_size=20 * scale)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def make_video() -> bytes:
    from tests.media.videos import CLIP  # noqa: PLC0415 - as above

    return CLIP.read_bytes()


if __name__ == "__main__":
    django.setup()
    main(*(int(word) for word in sys.argv[1:]))
