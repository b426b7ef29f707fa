"""The CSV table of a picture zip: one row for each picture."""

import csv
import io
import json

from playground.runs.costs.usage import write_cell
from playground.runs.models import Output

BOM = "\ufeff"  # Excel needs it to detect UTF-8

HEADS = (
    "file", "prompt", "model", "version", "person", "created (UTC)", "cost of the run", "stars",
    "tags", "collections", "inputs", "kind", "width", "height", "bytes", "sha256", "run",
    "output",
)  # fmt: skip


class CsvTable:
    """Collects CSV rows; escapes cells that could be formulas (CSV injection)."""

    def __init__(self) -> None:
        self.text = io.StringIO(newline="")
        self.writer = csv.writer(self.text)
        self.text.write(BOM)
        self.writer.writerow(HEADS)

    def add(self, output: Output, name: str) -> None:
        run, file = output.run, output.file
        if file is None:
            return
        cells = (
            name, run.headline, run.spec.slug, run.spec.version, run.author.get_username(),
            run.created_at, run.cost_actual, output.stars,
            ", ".join(tag.name for tag in output.tags.all()),
            ", ".join(each.name for each in output.collections.all()),
            json.dumps(run.form.hide_secrets(run.inputs), ensure_ascii=False), file.kind,
            file.width, file.height,
            file.size_bytes, file.sha256, run.pk, output.pk,
        )  # fmt: skip
        self.writer.writerow(write_cell(cell) for cell in cells)

    def write(self) -> bytes:
        return self.text.getvalue().encode(errors="replace")
