"""Maps the inputs of one model to another, by name, else by meaning.

Pure: no database, no requests. Uncertain inputs are dropped and listed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.media import dimensions
from playground.schema import SchemaForm, pointers
from playground.schema.tree.nodes import Choice, Files, Node, Number, Text
from playground.schema.values import is_same

# Groups of synonymous names; the first that a form has is used.
MEANINGS: tuple[tuple[str, ...], ...] = (
    ("prompt", "text_prompt", "text", "input", "inputs"),
    ("negative_prompt", "negative", "negative_text"),
    ("n", "num_images", "num_outputs", "number_of_images", "image_count", "num_samples"),
    ("seed", "random_seed", "noise_seed"),
    ("steps", "num_inference_steps", "inference_steps", "num_steps", "sampling_steps"),
    ("guidance_scale", "guidance", "cfg_scale", "cfg"),
    (
        "image_urls", "images", "image_url", "image", "init_image", "input_image", "input_images",
        "reference_images", "reference_image", "reference_image_urls", "input_reference",
    ),
    ("watermark", "add_watermark", "apply_watermark"),
    ("output_format", "image_format", "file_format"),
    ("duration", "duration_seconds", "seconds"),
)  # fmt: skip
PROMPT, IMAGES, DURATION = MEANINGS[0], MEANINGS[6], MEANINGS[9]
MEANING = {name: names for names in MEANINGS for name in names}

SPELLINGS = {"jpg": "jpeg"}
SECONDS = re.compile(r"(\d{1,4})\s*s?\Z")
KEPT_HERE = ("upload:", "data:")
ADDRESSES = (*KEPT_HERE, "https://", "http://")


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingChange:
    """Inputs whose name or spelling differs in the target: {name: value} before and after."""

    before: dict[str, Any]
    after: dict[str, Any]

    @property
    def is_respelt(self) -> bool:
        """Whether the value changed, not only the name."""
        return not is_same(list(self.before.values()), list(self.after.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedInputs:
    """The result of a mapping.

    value    the mapped inputs; valid if the inputs were
    lost     names of dropped inputs
    changed  inputs with another name or spelling
    """

    value: Any
    lost: tuple[str, ...] = ()
    changed: tuple[MappingChange, ...] = ()


def map_inputs(inputs: Any, source: SchemaForm | None, target: SchemaForm) -> MappedInputs:
    """Map inputs to another form.

    source  the form of the inputs; None if unknown
    """
    if source is not None and source.digest == target.digest:
        return MappedInputs(value=inputs)
    if not isinstance(inputs, dict):
        fits = not target.validate(inputs)
        return MappedInputs(value=inputs) if fits else MappedInputs(value={}, lost=("",))
    work = InputMapping(inputs=inputs, source=source, target=target)
    work.map_names()
    work.map_meanings()
    work.map_files()
    work.map_shapes()
    lost = tuple(name for name in inputs if name in work.left)
    return MappedInputs(value=work.value, lost=lost, changed=tuple(work.changed))


@dataclass(slots=True)
class InputMapping:
    """State of a mapping.

    left  names of the inputs that are not mapped yet
    """

    inputs: dict[str, Any]
    source: SchemaForm | None
    target: SchemaForm
    value: dict[str, Any] = field(default_factory=dict)
    changed: list[MappingChange] = field(default_factory=list)
    left: set[str] = field(init=False)
    before: dict[str, Node] = field(init=False)
    places: dict[str, Node] = field(init=False)

    def __post_init__(self) -> None:
        self.left = set(self.inputs)
        self.places = {node.name: node for node in self.target.parts()}
        self.before = {node.name: node for node in self.source.parts()} if self.source else {}

    def map_names(self) -> None:
        for name, value in self.inputs.items():
            node = self.places.get(name)
            unseen = self.target.open({name: value}).find_unseen() if node is None else ()
            if pointers.child("", name) in unseen:
                continue
            for spelt in spellings(node, value):
                if self.suits(name, node, spelt):
                    self.put((name,), {name: spelt})
                    break

    def map_meanings(self) -> None:
        for name in [name for name in self.inputs if name in self.left]:
            for other in self.namesakes(name):
                node = self.places[other]
                spelt = next(
                    (
                        each
                        for each in spellings(node, self.inputs[name])
                        if self.suits(other, node, each)
                    ),
                    None,
                )
                if spelt is not None:
                    self.put((name,), {other: spelt})
                    break

    def namesakes(self, name: str) -> Iterator[str]:
        """Yield unused fields of the same meaning; for a prompt also the only required text."""
        found = [other for other in MEANING.get(name, ()) if self.is_free(other)]
        yield from found
        areas = self.target.text_areas()
        needed = [other for other, node in self.places.items() if node.required]
        asked = [other for other in needed if pointers.child("", other) in areas]
        if name in PROMPT and not found and len(asked) == 1 and self.is_free(asked[0]):
            yield asked[0]

    def map_files(self) -> None:
        for name in [name for name in self.inputs if name in self.left]:
            files = list_files(self.inputs[name])
            made_by = self.before.get(name)
            if not files or (self.source and not isinstance(made_by, Files)):
                continue
            kind = made_by.kind if isinstance(made_by, Files) else ""
            other = self.find_file_place(name, kind)
            if other is not None:
                taken = fit_files(files, other)
                if self.suits(other.name, other, taken):
                    self.put((name,), {other.name: taken})

    def find_file_place(self, name: str, kind: str) -> Files | None:
        free = [
            node
            for node in self.places.values()
            if isinstance(node, Files) and self.is_free(node.name)
            if not (kind and node.kind) or kind == node.kind
        ]
        alike = [node for node in free if node.name == name or node.name in MEANING.get(name, ())]
        if alike:
            return alike[0]
        others = [node for node in free if "mask" not in node.name]
        return others[0] if len(others) == 1 and "mask" not in name else None

    def map_shapes(self) -> None:
        requested, open_before = dimensions.read_requested_shape(self.inputs), frozenset(self.left)
        sides = dimensions.find_sides(requested)
        if sides and self.is_free("width") and self.is_free("height"):
            (width, height), used = sides
            self.put_shape(open_before, used, {"width": width, "height": height})
        for name in dimensions.NAMES:
            node = self.places.get(name)
            if node is None or not self.is_free(name):
                continue
            options = options_of(node)
            found = dimensions.pick(requested, options) if options else None
            if found is None and isinstance(node, Text):
                found = dimensions.spell(
                    requested, node.default[0] if node.default else node.example
                )
            if found:
                self.put_shape(open_before, found[1], {name: found[0]})

    def put_shape(
        self, open_before: frozenset[str], used: tuple[str, ...], after: dict[str, Any]
    ) -> None:
        if open_before.isdisjoint(used):
            return  # mapped by its own name already
        if all(self.suits(name, self.places.get(name), value) for name, value in after.items()):
            self.put(used, after)

    def is_free(self, name: str) -> bool:
        return name in self.places and name not in self.value

    def put(self, names: tuple[str, ...], after: dict[str, Any]) -> None:
        before = {name: self.inputs[name] for name in names}
        self.value |= after
        self.left -= set(names)
        if not is_same(before, after):
            self.changed.append(MappingChange(before=before, after=after))

    def suits(self, name: str, node: Node | None, value: Any) -> bool:
        """Return whether a value fits a field: valid; a file for file fields; a known ratio."""
        if isinstance(node, Files):
            if value not in ("", [], None) and not list_files(value):
                return False
        elif any(file.startswith(KEPT_HERE) for file in list_files(value)):
            return False
        if isinstance(node, Text) and name in dimensions.NAMES and not is_known(node, value):
            return False
        return is_valid(self.target, name, value)


def is_valid(form: SchemaForm, name: str, value: Any) -> bool:
    """Return whether a value is valid for a field of a form."""
    place, found = pointers.child("", name), form.validate({name: value})
    return not any(place in pointers.ancestors(pointer) for pointer in found)


def is_known(node: Text, value: Any) -> bool:
    """Return whether a value is spelled like the suggestions of a free-text field."""
    if not node.suggestions or value in node.suggestions:
        return True
    shape = dimensions.read_shape(value)
    others = [each for text in node.suggestions if (each := dimensions.read_shape(text))]
    return bool(shape and shape.pixels and any(each.pixels for each in others))


def options_of(node: Node) -> list[Any]:
    if isinstance(node, Choice):
        return [option.value for option in node.options]
    return list(node.suggestions) if isinstance(node, Text) else []


def spellings(node: Node | None, value: Any) -> Iterator[Any]:
    """Yield a value, then equivalent values in the spelling of a field."""
    yield value
    folded = fold(value)
    for option in options_of(node) if node and folded else []:
        if fold(option) == folded:
            yield option
    seconds = SECONDS.match(str(value)) if node and node.name in DURATION else None
    if seconds and not isinstance(value, bool):
        yield from (seconds[1], f"{seconds[1]}s", int(seconds[1]))
    if isinstance(node, Number) and isinstance(value, str) and value.isascii() and value.isdigit():
        yield int(value[:15])


def fold(value: Any) -> str:
    """Return a key that is equal for spellings of a value: "PNG" and "png", 4 and "4"."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = str(value).strip().casefold()
    return SPELLINGS.get(text, text)


def list_files(value: Any) -> list[str]:
    """Return the file URLs in a value; [] if it has anything else."""
    items = value if isinstance(value, list) else [value]
    are_files = all(isinstance(each, str) and each.startswith(ADDRESSES) for each in items)
    return list(items) if are_files else []


def fit_files(files: list[str], node: Files) -> Any:
    return files[: node.max_items] if node.multiple else files[0]
