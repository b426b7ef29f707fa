"""Measures the gallery in Chromium: bytes of the first hundred pictures, time to the first screen.

    .venv/bin/python -m benchmarks.gallery_page [pictures]

Stores originals of 2,048 pixels with as much detail as photographs, starts the program, and opens
the gallery in a browser with an empty cache, at 1440 by 900. Prints the transferred kilobytes, and
the milliseconds from the start of the navigation to the last picture of the first screen.
"""

import argparse
import io
import os
import random
import statistics
import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import requests
from django.core.management import call_command
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import FLAGS
from tests.launched import Launched

SIDES = ((2048, 2048), (2048, 1152), (1152, 2048), (2048, 1365))
REPEATS = 15
FIRST_SCREEN = """() => {
  const seen = [...document.querySelectorAll(".tile img[width]")].filter((image) => {
    const box = image.getBoundingClientRect();
    return box.top < innerHeight && box.bottom > 0;
  });
  if (!seen.length || !seen.every((image) => image.complete && image.naturalWidth)) return null;
  const ends = seen.map((image) => performance.getEntriesByName(image.currentSrc)[0]?.responseEnd);
  const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
  const answered = performance.getEntriesByType("navigation")[0].responseEnd;
  return ends.every(Boolean) && painted ? [answered, painted, Math.max(painted, ...ends)] : null;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gallery_page")
    parser.add_argument("pictures", type=int, nargs="?", default=100)
    pictures = parser.parse_args().pictures
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "playground.settings", "DATA_DIR": folder}
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        call_command("release", verbosity=0)
        with Launched(Path(folder)) as program:
            requests.get(program.url, timeout=60)  # the first visit creates the user of the demo
            fill(pictures)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=FLAGS
                )
                measure(browser, f"{program.url}gallery/", min(pictures, 100))


def fill(pictures: int) -> None:
    from django.contrib.auth.models import User  # noqa: PLC0415 - after setup

    from playground.catalog.models import ModelSpec  # noqa: PLC0415 - likewise
    from playground.media import incoming  # noqa: PLC0415 - likewise
    from playground.media import pictures as looking  # noqa: PLC0415 - likewise
    from playground.runs.files import media_files  # noqa: PLC0415 - likewise
    from playground.runs.models import Output, Run  # noqa: PLC0415 - likewise
    from playground.teams.models import ApiKey, Workspace  # noqa: PLC0415 - likewise

    chance = random.Random(1)
    workspace = Workspace.objects.first_one()
    key, author, now = ApiKey.objects.get(), User.objects.get(), datetime.now(UTC)
    spec = ModelSpec.objects.current(workspace)[0]
    weights = []
    for number in range(pictures):
        run = Run.objects.create(
            workspace=workspace, author=author, spec=spec, api_key=key,
            inputs={"prompt": f"picture {number}, as detailed as a photograph"}, status="succeeded",
            task_id=str(uuid.uuid4()), next_check_at=None, finished_at=now, stored_at=now,
            history_at=now,
        )  # fmt: skip
        Run.objects.filter(pk=run.pk).update(created_at=now - timedelta(minutes=7 * number))
        with incoming.receive([draw_noise(chance, chance.choice(SIDES))]) as file:
            content = looking.read_picture(file, limit_pixels=10**8)
            weights.append(len(content.thumbnail))
            kept = media_files.store_file(workspace.pk, file, content)
        Output.objects.create(run=run, position=0, file=kept, stored_at=now)
    print(f"{pictures} originals; a thumbnail has {statistics.mean(weights) / 1000:.1f} kB")


def draw_noise(chance: random.Random, size: tuple[int, int]) -> bytes:
    """Draw fractal noise: octaves with growing detail and falling contrast, as in photographs."""
    picture = Image.new("RGB", size, tuple(chance.randrange(60, 200) for _ in range(3)))
    side, strength = 3, 120.0
    while side < max(size):
        cells = Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3))
        cells = cells.point(lambda value, by=strength: 128 + (value - 128) * by / 128)
        layer = cells.resize(size, Image.Resampling.BICUBIC)
        picture = ImageChops.add(picture, layer, scale=1, offset=-128)
        side, strength = side * 2, strength * 0.72
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def measure(browser: Browser, url: str, pictures: int) -> None:
    shown, weights = [], []
    for _ in range(REPEATS):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        received: dict[str, float] = {}
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event, into=received: count(event, into))
        page.goto(url, wait_until="commit")
        shown.append(page.wait_for_function(FIRST_SCREEN).json_value())
        first = sum(received.values())
        scroll_to(page, pictures)
        weights.append((first, sum(received.values())))
        page.context.close()
    names = ("page answered", "something seen", "first screen")
    for name, taken in zip(names, zip(*shown, strict=True), strict=True):
        print(f"{name:<15} median {statistics.median(taken):.0f} ms, longest {max(taken):.0f} ms")
    first, whole = max(weights, key=lambda pair: pair[1])
    print(f"first screen: {first / 1000:.0f} kB; {pictures} pictures: {whole / 1000:.0f} kB")


def count(event: dict[str, Any], received: dict[str, float]) -> None:
    received[event["requestId"]] = event["encodedDataLength"]


def scroll_to(page: Page, pictures: int) -> None:
    """Scroll until this number of pictures is loaded."""
    came = f"""() => {{
      scrollBy(0, 300);
      const all = [...document.querySelectorAll(".tile img[width]")].slice(0, {pictures});
      return all.length === {pictures} && all.every((image) => image.complete);
    }}"""
    page.wait_for_function(came, polling=100)


if __name__ == "__main__":
    main()
