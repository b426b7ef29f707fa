"""Fills in and submits the forms of catalogue pages, like a browser without JavaScript."""

from typing import TYPE_CHECKING, Any

from django.test import Client

from tests.html import parse

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as TestResponse


def fill(response: Any) -> dict[str, str]:
    """Return the values of the page's form by name, without those of buttons."""
    root = parse(response.text)
    values: dict[str, str] = {}
    for control in own_form(root).iter():
        name, kind = control.get("name"), control.get("type", "")
        if not name or control.get("disabled") is not None:
            continue
        if control.tag == "textarea":
            values[name] = (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            chosen = [each for each in control if each.get("selected") is not None]
            values[name] = (chosen or list(control))[0].get("value", "")
        elif control.tag == "input" and kind not in {"checkbox", "radio"}:
            values[name] = control.get("value", "")
        elif control.get("checked") is not None:
            values[name] = control.get("value", "on")
    return values


def press(
    client: Client, page: Any, button: str, headers: dict[str, str] | None = None, /, **typed: str
) -> "TestResponse":
    """Fill in a page's form and submit it with one of its buttons.

    button  value of the button: "save", "add rules", "preview"; "seal" confirms the shown changes
    """
    root = parse(page.text)
    form = own_form(root)
    data = {**fill(page), **typed}
    for each in form.iter("button"):
        if (button == "seal" == each.get("name")) or (button and each.get("value") == button):
            data[each.get("name", "")] = each.get("value", "")
    address = form.get("action") or page.request["PATH_INFO"]
    return client.post(address, data, headers=headers or {})


def own_form(root: Any) -> Any:
    """Return the first form of the main element."""
    return next(root.find(".//main").iter("form"))
