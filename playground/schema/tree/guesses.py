"""Guesses about a property from its name and description, for schemas without hints."""

import re
from collections.abc import Iterable
from typing import Any

from playground.schema.translation import gettext_noop

_WORD = re.compile(r"[A-Z]+s?(?![a-z])|[A-Z]?[a-z]+")
_ADDRESSES = {"url", "urls", "uri", "uris"}
_UPLOAD_FORMATS = {"uri", "url", "iri"}
_FILE_FORMATS = {"binary", "data-url"}
_KINDS = {
    **dict.fromkeys(("image", "img", "mask", "photo", "picture", "frame", "selfie"), "image"),
    "video": "video",
    "clip": "video",
    "audio": "audio",
    "sound": "audio",
    "file": "file",
}
# Names of file properties by role; only the description shows that they are files.
_PARTS = {"reference", "ref", "input", "source", "init", "initial", "start", "end", "first", "last",
          "tail", "face", "avatar", "garment", "logo", "sketch", "subject", "product", "background",
          "character", "person", "sample", "control", "guide", "target", "pose"}  # fmt: skip
_MEDIA = re.compile(
    r"\b(?:(image|picture|photo|photograph|frame|mask|jpe?g|png)|(video|mp4)|(audio|mp3|wav))s?\b",
    re.IGNORECASE,
)
_CARRIER = re.compile(
    r"\b(?:ur[li]s?|base[- ]?64|data[- ]ur[li]s?|upload(?:ed|s)?|web address(?:es)?)\b|https?://",
    re.IGNORECASE,
)
_CARRIED = re.compile(  # "base64 encoded image", "image URL"
    r"(?:base[- ]?64|url)[^.]{0,20}\b(?:image|video|audio)"
    r"|(?:image|video|audio)[^.]{0,12}\b(?:url|base[- ]?64)",
    re.IGNORECASE,
)
_MEDIA_ADDRESS = re.compile(
    r"(?:https?://\S+\.(png|jpe?g|webp|gif|avif|mp4|mov|webm|mp3|wav|ogg|flac|m4a)(?:\?\S*)?"
    r"|data:(image|video|audio)/\S*)",
    re.IGNORECASE,
)
_ENDINGS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "webp", "gif", "avif"), "image"),
    **dict.fromkeys(("mp4", "mov", "webm"), "video"),
    **dict.fromkeys(("mp3", "wav", "ogg", "flac", "m4a"), "audio"),
}
_SHORT = 200  # characters; a maxLength below this is too short for a URL

_PROMPTS = {"prompt", "lyric", "instruction"}
_SPOKEN = {"text", "script", "input", "transcript", "dialogue", "narration", "speech", "story"}
_TO_BE_SAID = re.compile(
    r"\b(?:text|script|words|message|content|transcript)\b[^.]{0,40}"
    r"\b(?:speak|spoken|synthesi[sz]|speech|read (?:out|aloud)|narrat|sing|sung|say|said|voice)",
    re.IGNORECASE,
)

_UNITS = {
    **dict.fromkeys(("second", "seconds", "sec", "secs"), gettext_noop("seconds")),
    **dict.fromkeys(
        ("millisecond", "milliseconds", "ms", "msec", "millis"), gettext_noop("milliseconds")
    ),
    **dict.fromkeys(("minute", "minutes"), gettext_noop("minutes")),
    **dict.fromkeys(("hour", "hours"), gettext_noop("hours")),
    **dict.fromkeys(("pixel", "pixels", "px"), gettext_noop("pixels")),
    **dict.fromkeys(("percent", "percentage"), gettext_noop("percent")),
    **dict.fromkeys(("degree", "degrees"), gettext_noop("degrees")),
    **dict.fromkeys(("hz", "hertz"), gettext_noop("Hz")),
    **dict.fromkeys(("megapixel", "megapixels"), gettext_noop("megapixels")),
    **dict.fromkeys(("decibel", "decibels", "db"), gettext_noop("dB")),
    "kbps": gettext_noop("kbps"),
}
_COUNTED = {"frame", "frames", "step", "steps", "count", "number", "num", "fps"}
_IN_UNIT = re.compile(rf"(?:\bin |\()({'|'.join(_UNITS)})\b", re.IGNORECASE)

_TECHNICAL = {"http", "https", "header", "client", "transport", "timeout", "retry", "retries",
              "webhook", "callback", "proxy", "endpoint", "debug", "cache", "telemetry", "tracing",
              "sdk", "extra", "request", "response", "storage", "lifecycle", "gcs", "bucket",
              "network", "connection", "server", "polling", "log", "logging", "advanced", "expert",
              "developer", "experimental", "tls", "ssl", "attempt", "backoff"}  # fmt: skip

_FOR_EXPERTS = {"seed", "step", "sampler", "scheduler", "guidance", "cfg", "refiner", "lora", "eta",
                "sharpness", "safety", "checker", "sync", "metadata", "tile", "denoise",
                "denoising", "clip", "vae", "precision", "penalty", "logprob", "logit", "token",
                "user", "store", "freeu", "adm", "adaptive", "canny", "inpaint", "outpaint", "cn",
                "enhance", "overwrite", "refresh", "label", "compression"}  # fmt: skip
_LONG_FORM = 12  # optional properties
_PLAIN_PROMPT = {"prompt", "text", "positive", "main", "user"}
_BESIDE = {"negative", "system", "style"}  # prompts that are not the main one


def words_of(name: str) -> list[str]:
    """Split a name like "start_image_urls" or "startImageURLs" into lowercase words."""
    return [word.lower() for word in _WORD.findall(name)]


def _single(word: str) -> str:
    return word.removesuffix("s") if len(word) > 1 else word


def _text(keywords: dict[str, Any], key: str) -> str:
    value = keywords.get(key)
    return value if isinstance(value, str) else ""


def is_prompt(name: str, keywords: dict[str, Any], *, required: bool = False) -> bool:
    """Return whether a string property is a prompt, which is multi-line text."""
    words = words_of(name)
    last = _single(words[-1]) if words else ""
    if last in _PROMPTS or name in _SPOKEN:
        return True
    return bool(
        (last in _SPOKEN and required)
        or (last in _SPOKEN | {"message", "content"} and _TO_BE_SAID.search(_described(keywords)))
    )


def _described(keywords: dict[str, Any]) -> str:
    return _text(keywords, "description")


def upload_kind(name: str, keywords: dict[str, Any], around: str = "") -> str:
    """Return "image", "video", "audio" or "file" for a string that is a file's URL, or "".

    around  name of its container, for names like "url"
    """
    words = words_of(name)
    if set(words) <= _ADDRESSES:
        words += words_of(around)
    kind = _kind_of(words)
    media, form = _text(keywords, "contentMediaType"), _text(keywords, "format")
    if media and "contentEncoding" not in keywords:  # which means the bytes themselves
        family = media.partition("/")[0]
        return family if family in _KINDS.values() else "" if family == "text" else "file"
    if form in _FILE_FORMATS:
        return kind or "file"
    if form in _UPLOAD_FORMATS or _ADDRESSES & set(words):
        return kind
    return "" if form else _described_kind(words, keywords)


def _described_kind(words: list[str], keywords: dict[str, Any]) -> str:
    """Return the kind of a file that is recognisable only by its description, or ""."""
    if not words or keywords.get("maxLength", _SHORT) < _SHORT:
        return ""
    about, last = _described(keywords), _single(words[-1])
    media = _MEDIA.search(about)
    kind = _kind_of([word for word in words if _single(word) != "file"])
    if not kind and media:
        kind = "image" if media[1] else "video" if media[2] else "audio"
    if last in _PROMPTS:
        return kind if kind and _CARRIED.search(about) and _kind_of(words[:1]) else ""
    example = _example_kind(keywords)
    is_named = last in _KINDS or last in _PARTS
    says_address = _CARRIER.search(about) and (media or _kind_of(words))
    return (kind or example) if is_named and (says_address or example) else ""


def _example_kind(keywords: dict[str, Any]) -> str:
    """Return the kind of file of an example URL, or ""."""
    examples = keywords.get("examples")
    several = examples if isinstance(examples, list) else []
    given = [*several, keywords.get("example"), keywords.get("default")]
    found = [_MEDIA_ADDRESS.fullmatch(each) for each in given if isinstance(each, str)]
    endings = [(each[1] or each[2]).lower() for each in found if each]
    return _ENDINGS.get(endings[0], endings[0]) if endings else ""


def is_file_address(name: str, keywords: dict[str, Any], around: str = "") -> bool:
    """Return whether a string is a file's URL, whatever control is drawn for it.

    around  name of its container, for names like "url" or no name at all
    """
    words = words_of(name)
    if set(words) <= _ADDRESSES:
        words += words_of(around)
    says_address = _text(keywords, "format") in _UPLOAD_FORMATS or _ADDRESSES & set(words)
    return bool(says_address and _kind_of(words)) or bool(_described_kind(words, keywords))


def _kind_of(words: list[str]) -> str:
    kinds = [_KINDS[_single(word)] for word in words if _single(word) in _KINDS]
    return kinds[-1] if kinds else ""


def unit_of(name: str, keywords: dict[str, Any]) -> str:
    """Return the unit of a number, in English, from its name or description; "" if unknown."""
    words = words_of(name)
    if not words or {_single(words[-1]), words[0]} & _COUNTED:
        return ""
    if words[-1] in _UNITS and len(words) > 1:
        return _UNITS[words[-1]]
    sentence = re.split(r"[.;\n]", _described(keywords), maxsplit=1)[0]
    found = _IN_UNIT.findall(sentence)
    units = {_UNITS[each.lower()] for each in found}
    return units.pop() if len(units) == 1 else ""


def leads(name: str, keywords: Any, *, required: bool) -> bool:
    """Return whether a property is the main text field, which is drawn first.

    An optional one is only if its name is just "prompt".
    """
    words = set(words_of(name))
    given = keywords if isinstance(keywords, dict) else {}
    if _BESIDE & words or "enum" in given or not is_prompt(name, given):
        return False
    return required or ("prompt" in words and words <= _PLAIN_PROMPT)


def reference_names(properties: dict[str, Any], required: Iterable[str]) -> tuple[str, ...]:
    """Return the media properties that are drawn after the prompt.

    They are the required ones, and the first one with those directly after it, like a mask.
    """
    needed = set(required)
    if not any(leads(name, part, required=name in needed) for name, part in properties.items()):
        return ()
    away = folded_names(properties, required)
    found = [name not in away and _is_media(name, part) for name, part in properties.items()]
    start = found.index(True) if any(found) else len(found)
    end = next((n for n in range(start, len(found)) if not found[n]), len(found))
    return tuple(
        name
        for n, name in enumerate(properties)
        if found[n] and (start <= n < end or name in needed)
    )


def _is_media(name: str, schema: Any) -> bool:
    """Return whether a property is an image, video or audio file, or a list of them."""
    if not isinstance(schema, dict):
        return False
    for word in ("anyOf", "oneOf"):
        branches = [each for each in schema.get(word) or () if each != {"type": "null"}]
        if len(branches) == 1 and isinstance(branches[0], dict):
            schema = {**branches[0], **{k: each for k, each in schema.items() if k != word}}
    hints = schema.get("x-playground")
    if isinstance(hints, dict) and hints.get("widget") in {"file-upload", "file", "upload"}:
        return hints.get("uploadKind", "image") in {"image", "video", "audio"}
    items = schema.get("items")
    if isinstance(items, dict):
        schema = {**items, "description": _described(schema) or _described(items)}
    is_text = schema.get("type", "string") == "string" and not {"enum", "pattern"} & set(schema)
    return is_text and upload_kind(name, schema) in {"image", "video", "audio"}


def folded_names(properties: dict[str, Any], required: Iterable[str]) -> frozenset[str]:
    """Return the properties to draw in the advanced section, for schemas without that hint.

    Technical properties always; those for experts only in a long form.
    """
    optional = [name for name in properties if name not in set(required)]
    is_long = len(optional) > _LONG_FORM
    return frozenset(
        name
        for name in optional
        if is_technical(name)
        or _holds_technical_parts(properties[name])
        or (is_long and any(_single(word) in _FOR_EXPERTS for word in words_of(name)))
    )


def _holds_technical_parts(schema: Any) -> bool:
    """Return whether an object has only optional properties, most of them technical."""
    parts = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(parts, dict) or not parts or schema.get("required"):
        return False
    return 2 * sum(map(is_technical, parts)) > len(parts)


def is_technical(name: str) -> bool:
    """Return whether a name is about the request, not the result."""
    return any(_single(word) in _TECHNICAL for word in words_of(name))
