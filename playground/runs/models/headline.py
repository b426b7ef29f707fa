"""The headline of a run: its prompt."""

from typing import Any


def find_words(inputs: Any) -> str:
    texts = inputs if isinstance(inputs, dict) else {}
    if isinstance(texts.get("prompt"), str):
        return str(texts["prompt"])
    return max((text for text in texts.values() if isinstance(text, str)), key=len, default="")
