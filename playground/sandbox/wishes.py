"""The parsed inputs of a request to any model."""

from dataclasses import dataclass

from playground.sandbox.orders import Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request to a described model, as far as its inputs were recognised.

    style         one of `art.styles`
    image_format  "jpeg", "png" or "webp"
    references    URLs of pictures
    variant       seed of the drawing
    seconds       duration of a video; 0 for pictures
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
