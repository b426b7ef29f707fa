"""Storage of static files that bundles stylesheets and scripts."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any

import rcssmin
import rjsmin
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

from playground import scripts
from playground.collected_files import VERSION_NAME, fingerprint, open_to_all

BUNDLES = ("css/main.css", "css/compare.css", "css/experiments.css", "css/votes.css")
IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>[\w.]+)\);')
ZERO = re.compile(r"(?<![\w.])0\.(?=\d)")  # no string or URL in our stylesheets contains it

QUOTED = re.compile(r'(?<=[\w|^$*~]=)"([a-z][\w-]*)"(?=\])')  # an identifier needs no quotes
SIGN = re.compile(r" ([/*]) ")  # operators of calc(), and the alpha separator
NESTED = re.compile(r"(?<=[{};,])& (?=[^{}&,;]*[{,])")  # redundant & of a nested selector

OWN_SCRIPT = re.compile(r"js/(?!vendor/)[\w/]+\.js")

type Sources = dict[str, tuple[StaticFilesStorage, str]]


class BundledStaticFilesStorage(
    CompressedManifestStaticFilesStorage  # type: ignore[misc]  # whitenoise has no types
):
    """Storage of hashed and compressed static files, which inlines the imports of bundles.

    Each level of imports costs the browser a round trip. Scripts are minified.
    """

    support_js_module_import_aggregation = True  # scripts import hashed names

    def post_process(
        self,
        paths: Sources,
        dry_run: bool = False,  # noqa: FBT001, FBT002 - as in Django's storages
        **options: Any,
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            self.delete(VERSION_NAME)  # an interrupted collection starts over
            for name in BUNDLES:
                style = bundle_stylesheet(partial(read_source, paths), name)
                self._replace(paths, name, minify_stylesheet(style))
            own = [each for each in paths if OWN_SCRIPT.fullmatch(each)]
            texts = scripts.bundle_scripts(own, partial(read_source, paths))
            for name in own:
                text = texts.get(name) or read_source(paths, name)
                self._replace(paths, name, str(rjsmin.jsmin(text)))
        yield from super().post_process(paths, dry_run=dry_run, **options)
        if not dry_run:
            self.save(VERSION_NAME, ContentFile(fingerprint().encode()))
            open_to_all()

    def _replace(self, paths: Sources, name: str, text: str) -> None:
        self.delete(name)
        self.save(name, ContentFile(text.encode()))
        paths[name] = (self, name)


def minify_stylesheet(style: str) -> str:
    """Remove comments and redundant characters from a stylesheet."""
    style = SIGN.sub(r"\1", ZERO.sub(".", str(rcssmin.cssmin(style))))
    return QUOTED.sub(r"\1", NESTED.sub("", style))


def read_source(paths: Sources, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())


def bundle_stylesheet(read: scripts.Read, name: str) -> str:
    """Inline the imports of a stylesheet; consecutive ones of the same layer share a block."""
    parts: list[str] = []
    layer, end = "", 0
    text = read(name)
    for found in IMPORT.finditer(text):
        between = text[end : found.start()].strip()
        if between or found["layer"] != layer:
            parts += ["}\n" * bool(layer), between, f"@layer {found['layer']} {{\n"]
        layer, end = found["layer"], found.end()
        parts.append(bundle_stylesheet(read, str(PurePosixPath(name).parent / found["path"])))
    return "".join([*parts, "}\n" * bool(layer), text[end:]])
