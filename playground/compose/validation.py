"""Validates inputs: by schema and rules, and their files.

It validates the value to send, with variables replaced, and is the same for inputs that were
typed, or came from a variable, draft, preset, pasted request, picture or earlier run.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec
from playground.runs import texts
from playground.runs.files import file_links
from playground.runs.files.uploads import FILE_IS_TEXT, UploadStore
from playground.runs.variable_entries import VariableEntries, say_too_long
from playground.schema import OpenedForm
from playground.schema.lists import list_plain

MOST_NAMED = 3

type Errors = dict[str, list[str]]


def validate(
    spec: ModelSpec,
    form: OpenedForm,
    inputs: Any,
    variables: VariableEntries,
    store: UploadStore,
) -> Errors:
    """Return the errors of a form's values.

    inputs     its value, with variables replaced
    variables  the variables in its texts
    """
    addresses = list_addresses(form, variables)
    errors = merge_errors(form.validate(inputs), validate_files(spec, inputs, addresses, store))
    return merge_errors(name_variables(errors, variables), validate_variables(variables))


def validate_files(
    spec: ModelSpec, inputs: Any, addresses: Mapping[str, str], store: UploadStore
) -> Errors:
    """Return the errors of the files in inputs.

    addresses  {JSON Pointer: value} of the file URLs
    """
    errors: Errors = {}
    for pointer in store.find_missing(inputs):
        errors.setdefault(pointer, []).append(str(texts.REFERENCE_GONE))
    for pointer in store.find_written_out(inputs):
        errors.setdefault(pointer, []).append(str(FILE_IS_TEXT))
    return merge_errors(errors, file_links.find_bad(addresses, provider=spec.provider_in_use))


def find_private_hosts(spec: ModelSpec, form: OpenedForm, variables: VariableEntries) -> Errors:
    """Return errors for file URLs whose host name resolves to a private network.

    It resolves host names, which may block, so it is called before sending, not while the user
    types.
    """
    addresses = list_addresses(form, variables)
    return file_links.find_private(addresses, provider=spec.provider_in_use)


def list_addresses(form: OpenedForm, variables: VariableEntries) -> dict[str, str]:
    """Return the file addresses by pointer, with variables filled in."""
    addresses, filled = form.file_addresses(), variables.filled
    return addresses | {pointer: filled[pointer] for pointer in addresses.keys() & filled.keys()}


def validate_variables(variables: VariableEntries) -> Errors:
    errors: Errors = {pointer: [say_too_long()] for pointer in variables.overlong}
    if variables.problem:
        errors.setdefault("", []).append(variables.problem)
    return errors


def name_variables(errors: Errors, variables: VariableEntries) -> Errors:
    """Add the names of the variables to the errors of texts that contain them.

    Errors of texts with a missing variable are dropped, because its value is requested first.
    """
    named: Errors = {}
    for pointer, messages in errors.items():
        names = variables.names.get(pointer, ())
        if not names:
            named[pointer] = messages
        elif not variables.problems.keys() & set(names):
            shown = list_plain(f"{{{{{name}}}}}" for name in names[:MOST_NAMED])
            words = _("With %(names)s filled in: %(problem)s")
            if len(names) > MOST_NAMED:
                words = _("With %(names)s and others filled in: %(problem)s")
            named[pointer] = [words % {"names": shown, "problem": message} for message in messages]
    return named


def merge_errors(errors: Errors, others: Errors) -> Errors:
    """Merge errors; messages of the same pointer are concatenated."""
    joined = {pointer: list(own) for pointer, own in errors.items()}
    for pointer, own in others.items():
        joined.setdefault(pointer, []).extend(own)
    return joined
