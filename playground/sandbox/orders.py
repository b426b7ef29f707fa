"""An accepted request: its cost and the size of its pictures."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

MOST_PICTURES = 15  # references and outputs together
USUAL_GROUP = 4  # default limit of a grouped request

PRICES = {"2k": 31_500, "3k": 45_000, "4k": 63_000}  # millionths of a dollar per picture
SIZES_2K = {
    "1:1": (2048, 2048),
    "4:3": (2304, 1728),
    "3:4": (1728, 2304),
    "16:9": (2560, 1440),
    "9:16": (1440, 2560),
    "3:2": (2496, 1664),
    "2:3": (1664, 2496),
    "21:9": (3024, 1296),
}
HALVES = {"2k": 2, "3k": 3, "4k": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The costs of a task, in millionths of a dollar, and its pace.

    charge  for the whole task if it succeeds; None for a price per picture
    pace factor of the default durations
    """

    estimate: int
    picture_price: int = 0
    charge: int | None = None
    pace: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A valid request for Seedream, with the defaults of the schema filled in.

    limit  maximum number of pictures; only a grouped request may return fewer
    """

    model: str
    prompt: str
    size: str
    resolution: str
    image_format: str
    watermark: bool
    references: tuple[str, ...]
    grouped: bool
    limit: int

    @property
    def picture_price(self) -> int:
        return PRICES[self.resolution]

    @property
    def bill(self) -> Bill:
        price = self.picture_price
        return Bill(estimate=price * self.limit, picture_price=price)


def make_order(document: dict[str, Any]) -> Order:
    """Make an order from a validated request."""
    inputs = document["input"]
    references = tuple(inputs.get("image_urls", ()))
    grouped = inputs.get("sequential_image_generation", "disabled") == "auto"
    wanted = int(inputs.get("n", 1))
    if grouped:
        options = inputs.get("sequential_image_generation_options", {})
        usual = wanted if wanted > 1 else USUAL_GROUP
        wanted = min(int(options.get("max_images", usual)), MOST_PICTURES - len(references))
    return Order(
        model=document["model"],
        prompt=inputs["prompt"],
        size=inputs.get("size", "1:1"),
        resolution=inputs.get("resolution", "2k"),
        image_format=inputs.get("output_format", "jpeg"),
        watermark=inputs.get("watermark", False),
        references=references,
        grouped=grouped,
        limit=wanted,
    )


def size_of(ratio: str, resolution: str) -> tuple[int, int]:
    """Return (width, height) in pixels."""
    width, height = SIZES_2K[ratio]
    halves = HALVES[resolution]
    return width * halves // 2, height * halves // 2


def within(width: int, height: int, longest_side: float) -> tuple[int, int]:
    """Scale a size down to `longest_side`; never up."""
    scale = min(1.0, longest_side / max(width, height))
    return max(round(width * scale), 1), max(round(height * scale), 1)


def nearest_ratio(width: int, height: int) -> str:
    """Return the supported aspect ratio nearest to a picture's."""

    def distance(ratio: str) -> float:
        offered_width, offered_height = SIZES_2K[ratio]
        shape = (offered_width * height) / (offered_height * width)
        return max(shape, 1 / shape)

    return min(SIZES_2K, key=distance)


def fingerprint(document: dict[str, Any]) -> str:
    """Return a digest of the payload, independent of the order of keys."""
    payload = {name: document.get(name) for name in ("model", "input")}
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
