"""Builds the entries of file controls: kept files, URLs and new uploads."""

from collections.abc import Sequence
from typing import Any

from playground.schema import pointers
from playground.schema.files import FileStore, UploadRefused, resolve, token_for
from playground.schema.lists import list_sentences
from playground.schema.tree.nodes import Files
from playground.schema.values import ABSENT, Value

from .entry import At, FileEntry, KeptFile
from .sources import MOST_ROWS, EntrySource, PostSource


def build_files(source: EntrySource, store: FileStore, node: Files, at: At) -> FileEntry:
    """Build the entry of a file control; uploads are stored immediately."""
    name, initial = at.name, at.initial
    before = _strings(initial)
    common: dict[str, Any] = {"node": node, "at": at}
    if not isinstance(source, PostSource) or not _was_sent(source, name):
        drawn = not isinstance(source, PostSource) or source.first is not None
        kept = tuple(KeptFile(value=each, token=token_for(each, before)) for each in before)
        value = _value(node, before, initial) if drawn else ABSENT
        null = drawn and initial is None and node.null_choice
        return FileEntry(**common, value=value, kept=kept if drawn else (), null=null)
    dropped = source.texts(pointers.meta_name("drop", name))
    tokens = [t for t in source.texts(pointers.meta_name("keep", name)) if t not in dropped]
    pasted = _lines(source.texts(pointers.control_name(name)), multiple=node.multiple)
    fresh, problem = _keep(source.files(name), store, node)
    kept_values = [resolve(token, before) for token in tokens[:MOST_ROWS]]
    if node.multiple:
        chosen = [*kept_values, *pasted, *fresh]
        kept_values, pasted = (chosen, []) if fresh else (kept_values, pasted)
    else:
        chosen = (fresh or pasted or kept_values)[-1:]
        kept_values, pasted = (fresh[-1:], []) if fresh else (kept_values, pasted)
    null = node.null_choice and source.has("null", name)
    value = ABSENT if problem and not node.multiple else _value(node, chosen, initial)
    return FileEntry(
        **common,
        value=None if null else value,
        problem=problem,
        kept=tuple(KeptFile(value=each, token=token_for(each, before)) for each in kept_values),
        pasted="\n".join(pasted),
        null=null,
    )


def _was_sent(source: PostSource, name: str) -> bool:
    own = pointers.control_name(name)
    return bool(source.texts(own) or source.files(own) or source.has("keep", name))


def _strings(initial: Value) -> list[str]:
    if isinstance(initial, list):
        return [each for each in initial if isinstance(each, str)]
    return [initial] if isinstance(initial, str) and initial else []


def _lines(texts: Sequence[str], *, multiple: bool) -> list[str]:
    lines = [line for text in texts for line in (text.split("\n") if multiple else [text])]
    return [line.strip() for line in lines if line.strip()][: MOST_ROWS + 1]


def _keep(uploads: list[Any], store: FileStore, node: Files) -> tuple[list[str], str]:
    """Store the uploads; return (values, error message)."""
    values, problems = [], []
    for upload in uploads[:MOST_ROWS]:
        if not upload.name and not upload.size:
            continue  # an empty file input
        try:
            values.append(store.keep(upload, node.accept, node.kind))
        except UploadRefused as refused:
            problems.append(str(refused))
    return values, list_sentences(problems)


def _value(node: Files, chosen: list[str], initial: Value) -> Value:
    if not node.multiple:
        if chosen:
            return chosen[-1]
        if initial == "":
            return ""
        blank = node.nullable and (initial is None or node.required) and not node.null_choice
        return None if blank else ABSENT
    if chosen or node.required or initial == []:
        return chosen
    if node.default and initial is not ABSENT:
        return []
    return None if initial is None and node.nullable else ABSENT
