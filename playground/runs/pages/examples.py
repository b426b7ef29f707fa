"""The pictures of example prompts of shipped models; `make examples` draws them."""

from typing import Any

from django.templatetags.static import static

PICTURES = {
    "A lighthouse on a cliff at sunset, waves below, painted in gouache": "lighthouse",
    "Neon city street at night, rain, reflections": "city",
    "一只在花园里玩耍的金毛犬,阳光明媚,高清摄影风格。": "retriever",
    "水墨山水，雾中湖上一叶小舟": "boat",
    "Four seasons of the same mountain lake, one picture for each season": "lake",
    "A {{season:winter|autumn}} cabin in the forest": "cabin",
    "A mountain lake from dawn to sunset": "dawn",
    "A sailboat on the sea, clouds pass by": "sailboat",
    "A neon city street at night": "street",
    "A cabin in a valley, snowy mountains behind it": "valley",
    "A lighthouse on a cliff by the sea": "cliff",
    "A cat that dozes in a garden": "cat",
}

# What is drawn in another style than the prompt names: that of the model.
STYLED = dict.fromkeys(("valley", "cliff", "cat"), "pencil")


def find_picture(inputs: Any) -> str:
    """Return the address of the picture of an example; "" where there is none.

    inputs  as they are stored: a picture is known by the prompt in the model's own language
    """
    prompt = inputs.get("prompt") if isinstance(inputs, dict) else None
    name = PICTURES.get(prompt, "") if isinstance(prompt, str) else ""
    return static(f"img/examples/{name}.webp") if name else ""
