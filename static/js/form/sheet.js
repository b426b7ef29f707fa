// On a phone the form is one line above the tabs. A tap opens it as a bottom sheet; its handle, Back, Escape
// or Generate closes it.

import { announce } from "../announcement.js";
import { text } from "../texts.js";
import { onChecked } from "./live_check.js";

const sheet = document.querySelector(".composer");
const dock = () => document.querySelector("#dock");

function updateDock() {
  if (!dock()) return;
  const [words, meta] = dock().children;
  const prompt = document.querySelector("#fields .prompt > textarea")?.value.trim();
  words.textContent = prompt || words.dataset.blank;
  const pills = document.querySelectorAll("#fields .pill__words:not(.pill__words--blank)");
  const shown = [document.querySelector(".model-head__name"), ...pills].slice(0, 3);
  meta.textContent = shown.map((part) => part.textContent).join(" · ");
  const price = document.querySelector("#price")?.firstElementChild?.textContent ?? "";
  document.querySelector(".dock__generate .generate__price").textContent = price;
  dock().setAttribute("aria-expanded", String(sheet.hasAttribute("data-open")));
}

function setOpen(open) {
  const isInside = sheet.contains(document.activeElement);
  sheet.toggleAttribute("data-open", open);
  updateDock();
  if (!open && isInside) dock()?.focus();
}

function close() {
  if (history.state?.sheet) history.back();
  else setOpen(false);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("#dock, .composer__close");
  if (target?.id !== "dock") {
    if (target) close();
    return;
  }
  history.pushState({ ...history.state, sheet: true }, "");
  setOpen(true);
  sheet.querySelector(".composer__close").focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !sheet?.hasAttribute("data-open")) return;
  if (!document.querySelector(":popover-open, dialog[open]")) close();
});

window.addEventListener("popstate", (event) => setOpen(Boolean(event.state?.sheet)));

// Closes at once, so that nothing moves when the response comes.
document.addEventListener("submit", (event) => {
  if (event.target.id === "form" && event.submitter?.matches("#generate")) close();
});

// Opens the sheet again if the form is invalid: the errors are in it.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr?.status === 422) setOpen(true);
});
document.addEventListener("htmx:afterSettle", updateDock);
onChecked(updateDock);

// After "Use as reference", scrolls to the file field, focuses it and announces the added picture.
function showAddedPicture() {
  const target = document.getElementById(location.hash.slice(1));
  if (!sheet.contains(target)) return;
  setOpen(true);
  target.scrollIntoView({ block: "nearest" });
  target.focus();
  announce(text("added", { title: target.labels?.[0]?.title ?? "" }));
  history.replaceState(history.state, "", location.pathname + location.search);
}

if (sheet) {
  setOpen(false);
  showAddedPicture();
}
