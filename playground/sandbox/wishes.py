"""What a request asks for, whatever its model calls it."""

from dataclasses import dataclass

from playground.sandbox.orders import Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request to a model that it describes itself, as far as its inputs can be understood.

    style         how its pictures look; one of `art.styles`
    image_format  "jpeg", "png" or "webp"
    references    addresses of pictures
    variant       another one draws the same prompt otherwise
    seconds       of a video; 0 for pictures
    """

    model: str
    style: str
    prompt: str
    width: int
    height: int
    image_format: str
    watermark: bool
    references: tuple[str, ...]
    variant: int
    count: int
    seconds: float
    bill: Bill
