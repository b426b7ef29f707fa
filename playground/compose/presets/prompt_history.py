"""Earlier prompts: the user's own, and those of shared runs."""

from dataclasses import dataclass
from uuid import UUID

from playground.catalog.models import ModelSpec
from playground.runs import variables
from playground.runs.models import Run
from playground.schema import pointers
from playground.teams.models import Membership

LOOKED_THROUGH = 1000  # newest runs, a limit on the time of a search
SHOWN = 20
WORDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt and its newest run."""

    run: UUID
    text: str


def find_field(spec: ModelSpec) -> str:
    """Return the name of a model's prompt field; "" for none."""
    areas = [pointers.split(pointer) for pointer in spec.form.text_areas()]
    names = [keys[0] for keys in areas if len(keys) == 1]
    return "prompt" if "prompt" in names else next(iter(names), "")


def list_prompts(membership: Membership, spec: ModelSpec, words: str = "") -> tuple[Prompt, ...]:
    """Return the latest distinct prompts of a model that contain all these words."""
    field, wanted = find_field(spec), words.lower().split()[:WORDS]
    versions = list(ModelSpec.objects.filter(slug=spec.slug).values_list("pk", flat=True))
    runs = Run.objects.visible_to(membership).filter(spec__in=versions).order_by("-created_at")
    found: dict[str, UUID] = {}
    for pk, inputs, template in runs.values_list("pk", "inputs", "template")[:LOOKED_THROUGH]:
        text = read_prompt(inputs, template, field)
        if text and all(word in text.lower() for word in wanted):
            found.setdefault(text, pk)
        if len(found) == SHOWN:
            break
    return tuple(Prompt(run=pk, text=text) for text, pk in found.items())


def read_prompt(inputs: object, template: dict[str, object], field: str) -> str:
    """Return the prompt of a run with its variables; "" for none."""
    held = template["inputs"] if template else inputs
    text = held.get(field) if isinstance(held, dict) else None
    if not isinstance(text, str):
        return ""
    return text if template else variables.escape_text(text)
