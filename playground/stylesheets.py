"""One stylesheet on the wire, many in the house: `@import`s are put together when collected."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES = ("css/main.css",)
IMPORT = re.compile(r'@import url\("(?P<path>[^"]+)"\) layer\((?P<layer>[\w.]+)\);')
# Comments, and spaces in a row; no text within our stylesheets has either.
SPARE = re.compile(r"/\*.*?\*/\s*|\s+", re.DOTALL)

type Sources = dict[str, tuple[StaticFilesStorage, str]]


class BundledStaticFilesStorage(
    CompressedManifestStaticFilesStorage  # type: ignore[misc]  # whitenoise has no types
):
    """Hashed and compressed static files, with each bundle's imports written into it.

    A stylesheet that imports others costs the browser a round trip more and a request for each.
    """

    support_js_module_import_aggregation = True  # scripts import each other by their hashed names

    def post_process(
        self,
        paths: Sources,
        dry_run: bool = False,  # noqa: FBT001, FBT002 - as in Django's storages
        **options: Any,
    ) -> Iterator[tuple[str, str | None, bool | Exception]]:
        if not dry_run:
            for name in BUNDLES:
                bundled = SPARE.sub(lambda found: found[0].isspace() * " ", bundle(paths, name))
                self.delete(name)
                self.save(name, ContentFile(bundled.encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def bundle(paths: Sources, name: str) -> str:
    """Return a stylesheet with what it imports, each in its layer."""

    def inline(found: re.Match[str]) -> str:
        imported = str(PurePosixPath(name).parent / found["path"])
        return f"@layer {found['layer']} {{\n{bundle(paths, imported)}}}\n"

    storage, path = paths[name]
    with storage.open(path) as file:
        return IMPORT.sub(inline, file.read().decode())
