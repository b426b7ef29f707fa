"""Parses the files in a task's output, in any common shape.

The first model documents `{"images": [{"url": ...}]}`; others return a URL, a list of URLs, an
object with a URL under another key, or base64. Known keys come first, then any other URL. URLs that
are not results (previews, web pages, inputs) are ignored.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from playground.providers.protocol import OutputFile, OutputKind
from playground.providers.transport import Response, read_json, storable

# Keys of files or lists of files, and their kind.
KINDS: dict[str, OutputKind] = {
    "images": "image",
    "videos": "video",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "audios": "audio",
    "sounds": "audio",
    "music": "audio",
    "speech": "audio",
    "files": "file",
    "file": "file",
    "meshes": "file",
    "mesh": "file",
    "models": "file",
    "model": "file",
    "texts": "text",
    "text": "text",
}
FIRST = ("images", "videos")
# Keys of the URL in an object about a file; the first one wins.
ADDRESSES = ("url", "urls", "uri", "href", "link", "src", "file_url", "download_url", "signed_url")
WRITTEN_OUT = ("b64_json", "b64", "base64", "image_base64", "data", "content", "bytes")

# Parts of keys whose URLs are not results.
NO_RESULT = re.compile(
    r"(?:^|_)(?:thumbs?|thumbnails?|previews?|poster|icon|avatar|logo|inputs?|references?|request|"
    r"status|cancel|webhook|callback|docs?|documentation|license|terms|page|web|logs?|share|self|"
    r"get|help|homepage|website|prompt|id|type|format|version|provider)(?:_|$)"
)
# Keys of texts that are results.
TEXTS = ("text", "texts", "transcript", "transcription", "caption", "captions", "lyrics")
ALONE_TEXTS = (
    *(*TEXTS, "output_text", "answer", "content", "completion", "response", "result", "markdown"),
    *("summary", "description", "message", "html", "code", "subtitles", "srt", "vtt"),
)

BY_ENDING: dict[str, OutputKind] = {
    **dict.fromkeys(("jpg", "jpeg", "png", "webp", "gif", "avif", "bmp", "heic", "tiff"), "image"),
    **dict.fromkeys(("mp4", "mov", "webm", "mkv", "avi", "m4v"), "video"),
    **dict.fromkeys(("mp3", "wav", "ogg", "flac", "m4a", "aac", "opus"), "audio"),
    **dict.fromkeys(("txt", "md", "srt", "vtt", "json", "csv"), "text"),
    **dict.fromkeys(("glb", "gltf", "obj", "fbx", "usdz", "ply", "stl", "zip", "pdf"), "file"),
}  # fmt: skip

ABSOLUTE = re.compile(r"(?:https?:)?//[^\s/]", re.IGNORECASE)
DATA = re.compile(r"data:[\w.+-]*(?:/[\w.+-]+)?(?:;[^,]*)?,", re.IGNORECASE)
ANY_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}://", re.IGNORECASE)
BETWEEN = re.compile(r"[\s,]+")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}\Z")
LEAST_BASE64 = 64
DEEPEST = 12
LONGEST_LIST = 8_192  # characters
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A URL, the kind that its key implies, and its siblings."""

    url: str
    kind: OutputKind
    extra: dict[str, Any]


def read_outputs(answer: Response, output: Any, base_url: str) -> tuple[OutputFile, ...]:
    """Return the files of an output, in order; its texts if there are none.

    base_url  of the provider, for relative URLs
    """
    reader = _Reader(base_url)
    found = list(reader.read(output))[:MOST_FILES]
    texts = read_texts(output, has_files=bool(found))
    found += [FoundFile(write_out(text), "text", {}) for text in texts]
    return tuple(
        OutputFile(url=each.url, kind=each.kind, extra=answer.plain(each.extra)) for each in found
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    base_url: str

    def read(self, output: Any) -> Iterator[FoundFile]:
        if not isinstance(output, dict):
            yield from self.walk(output, "image", {}, is_named=isinstance(output, str | list))
            return
        first = [name for name in FIRST if name in output]
        taken = set()
        for name in first:
            for found in self.walk(output[name], KINDS[name], {}, is_named=True):
                taken.add(found.url)
                yield found
        rest = {name: value for name, value in output.items() if name not in first}
        for found in self.walk(rest, "image", {}, is_named=False):
            if found.url not in taken:
                taken.add(found.url)
                yield found

    def walk(
        self, value: Any, kind: OutputKind, extra: dict[str, Any], *, is_named: bool, depth: int = 0
    ) -> Iterator[FoundFile]:
        """Yield the files of a value.

        is_named  whether its key implies a file: then relative URLs and bare base64 count, too
        """
        if depth > DEEPEST:
            return
        if isinstance(value, str):
            if (inner := read_inner(value)) is not None:
                yield from self.walk(inner, kind, extra, is_named=is_named, depth=depth + 1)
            elif url := self.read_address(value, is_named=is_named):
                yield FoundFile(url, kind_of(url, kind), extra)
        elif isinstance(value, list):
            for item in value:
                yield from self.walk(item, kind, extra, is_named=is_named, depth=depth + 1)
        elif isinstance(value, dict):
            yield from self.walk_object(value, kind, depth)

    def walk_object(
        self, value: dict[str, Any], kind: OutputKind, depth: int
    ) -> Iterator[FoundFile]:
        kind = declared_kind(value) or kind
        main = next((name for name in (*ADDRESSES, *WRITTEN_OUT) if self.holds(value, name)), None)
        if main:
            extra = {name: each for name, each in value.items() if name != main}
            yield from self.walk(value[main], kind, extra, is_named=True, depth=depth + 1)
        for name, each in value.items():
            word = name.lower()
            if name in (main, *ADDRESSES, *WRITTEN_OUT) and main:
                continue  # duplicate
            if NO_RESULT.search(word) or word in TEXTS or (main and "cover" in word):
                continue
            inner = kind_in(word) or kind
            named = word in KINDS or word in WRITTEN_OUT or word.endswith(("_url", "_urls", "_uri"))
            yield from self.walk(each, inner, {}, is_named=named, depth=depth + 1)

    def holds(self, value: dict[str, Any], name: str) -> bool:
        """Whether an object has a file under this key."""
        held = value.get(name)
        return any(
            isinstance(each, str) and self.read_address(each, is_named=True)
            for each in (held if isinstance(held, list) else [held])
        )

    def read_address(self, text: str, *, is_named: bool) -> str:
        """Return the absolute URL or data URI in a text; "" for none."""
        text = storable(text).strip()
        if DATA.match(text):
            return text
        if ABSOLUTE.match(text):
            return self.join(text) if text.startswith("//") else text
        if not is_named or not text:
            return ""
        if is_base64(text):
            return f"data:;base64,{text}"
        if ANY_SCHEME.match(text):
            return text  # the download reports what is wrong with it
        return self.join(text) if is_relative(text) else ""

    def join(self, text: str) -> str:
        try:
            return urljoin(f"{self.base_url.rstrip('/')}/", text)
        except ValueError:
            return ""


def read_inner(text: str) -> Any:
    """Parse a text that is JSON or a list of URLs; None for others."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return read_json(text)
        except (ValueError, RecursionError):
            return None
    if len(text) > LONGEST_LIST:
        return None
    parts = [part for part in BETWEEN.split(text.strip()) if part]
    return parts if len(parts) > 1 and all(map(ABSOLUTE.match, parts)) else None


def is_relative(text: str) -> bool:
    """Whether a text is a relative URL: "/f/x.jpg", "f/x.jpg"."""
    if "\n" in text or len(text) > LONGEST_LIST:
        return False
    path = text.partition("?")[0].partition("#")[0]
    stem, dot, ending = path.rpartition(".")
    return text.startswith("/") or bool(stem and dot and ending.lower() in BY_ENDING)


def kind_in(name: str) -> OutputKind | None:
    """Return the kind that a key implies: "audio_url", "generated_images"."""
    words = name.split("_")
    return next((KINDS[word] for word in (name, *reversed(words)) if word in KINDS), None)


def declared_kind(value: dict[str, Any]) -> OutputKind | None:
    """Return the declared kind of a file, from `"type": "video"` or a media type."""
    for name in ("content_type", "mime_type", "mimetype", "media_type", "type", "kind"):
        kind_word = value.get(name)
        if isinstance(kind_word, str):
            word = kind_word.lower().partition("/")[0]
            if word in KINDS:
                return KINDS[word]
    return None


def kind_of(url: str, default: OutputKind) -> OutputKind:
    """Return the kind of a file by its extension or type, else by its key."""
    if url[:5].lower() == "data:":
        word = url[5:40].lower().partition("/")[0]
        return KINDS.get(word, default)
    try:
        ending = urlsplit(url).path.rpartition("/")[2].rpartition(".")
    except ValueError:
        return default
    return BY_ENDING.get(ending[2].lower(), default) if ending[1] else default


def is_base64(text: str) -> bool:
    """Whether a text is a data URI or Base64 of a file, by its beginning."""
    bare = "".join(text[:4_000].split())
    if len(bare) < LEAST_BASE64 or not BASE64.match(bare.rstrip("=")):
        return False
    head = bare[: len(bare) // 4 * 4].replace("-", "+").replace("_", "/")[:256]
    try:
        content = base64.b64decode(head, validate=True)
    except binascii.Error:
        return False
    return any((byte < 32 and byte not in {9, 10, 13}) or byte > 126 for byte in content)  # noqa: PLR2004


def read_texts(output: Any, *, has_files: bool) -> list[str]:
    """Return the texts that are results.

    If there are files, or an empty list of files, only known keys at the top level count; else an
    output that is a text, or any known key. A list of texts is one text in chunks, from streaming
    models.
    """
    if isinstance(output, dict) and (has_files or any(name in KINDS for name in output)):
        top = {name: value for name, value in output.items() if name.lower() in TEXTS}
        return list(walk_texts(top, TEXTS, 0))[:MOST_FILES]
    if has_files:
        return []
    if isinstance(output, str):
        return [output] if output.strip() else []
    if isinstance(output, list) and output and all(isinstance(each, str) for each in output):
        return [text] if (text := "".join(output)).strip() else []
    return list(walk_texts(output, ALONE_TEXTS, 0))[:MOST_FILES]


def walk_texts(value: Any, names: tuple[str, ...], depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from walk_texts(item, names, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            texts = item if isinstance(item, list) else [item]
            is_text = bool(texts) and all(isinstance(each, str) for each in texts)
            if name.lower() in names and is_text:
                yield from (each for each in texts if each.strip() and not is_address(each))
            else:
                yield from walk_texts(item, names, depth + 1)


def is_address(text: str) -> bool:
    return bool(ABSOLUTE.match(text.strip()) or DATA.match(text.strip()))


def write_out(text: str) -> str:
    """Return a text as a data URI."""
    return f"data:text/plain;charset=utf-8,{quote(storable(text), safe='')}"
