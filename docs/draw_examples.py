"""Draws the pictures of the example prompts: `make examples`.

Uses the drawing code of the sandbox, so it needs no provider. Run it after the examples in
playground/runs/pages/examples.py have changed.
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playground.runs.pages.examples import PICTURES, STYLED  # noqa: E402
from playground.sandbox.art import Scene, draw  # noqa: E402
from playground.sandbox.art.styles import STYLES  # noqa: E402

FOLDER = ROOT / "static/img/examples"
DRAWN_SIZE, SAVED_SIZE = (960, 600), (480, 300)
VARIABLES = {"{{season:winter|autumn}}": "winter"}
QUALITY = 72


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for prompt, name in PICTURES.items():
        words = prompt
        for variable, value in VARIABLES.items():
            words = words.replace(variable, value)
        scene = Scene(
            prompt=words,
            position=0,
            count=1,
            width=DRAWN_SIZE[0],
            height=DRAWN_SIZE[1],
            watermark=False,
            references=(),
        )
        drawn = draw(scene)
        if name in STYLED:
            drawn = STYLES[STYLED[name]](drawn, "")
        picture = drawn.resize(SAVED_SIZE, Image.Resampling.LANCZOS)
        picture.save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
