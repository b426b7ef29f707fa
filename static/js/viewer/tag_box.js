// The box for adding a tag by keyboard. It opens over the picture and gets the focus at once.

import { addTag } from "./actions.js";
import { canEdit } from "./stage.js";

const findBox = () => document.querySelector("#tag-box");

export function openTagBox() {
  const box = findBox();
  if (!box || !canEdit()) return;
  fetchNames();
  box.hidden = false;
  box.elements.name.value = "";
  box.elements.name.focus();
}

function closeTagBox() {
  const box = findBox();
  if (!box || box.hidden) return;
  box.hidden = true;
  document.activeElement?.blur();
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "tag-box") return;
  event.preventDefault();
  const name = event.target.elements.name.value;
  closeTagBox();
  addTag(name);
});
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !event.target.closest?.("#tag-box")) return;
    event.preventDefault();
    event.stopPropagation();
    closeTagBox();
  },
  true,
);
document.addEventListener("focusout", (event) => {
  const box = event.target.closest?.("#tag-box");
  if (box && !box.contains(event.relatedTarget)) box.hidden = true;
});
window.addEventListener("popstate", closeTagBox);

// Fetches the names of tags and collections of the workspace, for autocompletion.
async function fetchNames() {
  const names = document.querySelector("#names");
  if (!names || names.dataset.asked) return;
  names.dataset.asked = "";
  const headers = { "X-Requested-With": "fetch" };
  const answer = await fetch(findBox().dataset.names, { headers }).catch(() => null);
  if (answer?.ok) names.innerHTML = await answer.text();
}
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("#tag, #viewer-collection")) fetchNames();
});

// Focuses the field in "+ Tag" and in the popover of collections when they open.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches?.(".tag-add[open]")) target.querySelector("input[name=tag_name]").focus();
    if (target.matches?.("#viewer-collections:popover-open"))
      target.querySelector("#viewer-collection").focus();
  },
  true,
);
