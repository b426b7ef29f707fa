"""The pages of the program: those of a sample workspace by name, all others by path."""

OWN = (
    "playground", "model", "presets", "prompts", "run", "failed run", "other models", "picture",
    "trashed picture", "collection", "delete key", "compare", "compare six", "compare films",
    "compare trashed", "experiment", "vary values", "add values", "repeat row", "vote",
    "vote results",
)  # fmt: skip
SHARED = (
    "models/", "models/new/", "models/new/edit/", "gallery/", "gallery/filters/",
    "gallery/?trash=1", "gallery/?q=nothing+like+it", "gallery/collections/",
    "gallery/find-by-picture/", "team/",
    "team/general/", "styleguide/", "team/keys/", "team/budget/", "team/usage/", "team/export/",
    "experiments/", "votes/",
    "account/password/change/",
    "account/email/", "account/mfa/", "account/sessions/", "logout/", "not/there/",
)  # fmt: skip
OUTSIDE = ("login/", "account/password/reset/", "join")
PAGES = (*OWN, *SHARED)
OPEN_PARTS = """() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    for (const box of [...document.querySelectorAll(".tile__pick input")].slice(0, 2)) box.click();
    document.querySelector(".composer")?.toggleAttribute("data-open", true);
    document.querySelector("#tag-box")?.removeAttribute("hidden");
    for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}"""
OPEN_POPOVERS = """() => {
    for (const popover of document.querySelectorAll("#menu, #help")) {
        popover.setAttribute("popover", "manual");
        popover.showPopover();
    }
}"""
