// The box for a tag is over the picture at once, so that what is typed next goes into it.

import { addTag } from "./actions.js";
import { canEdit } from "./stage.js";

const box = document.querySelector("#tag-box");
let areNamesThere = false;

export function openTagBox() {
  if (!box || !canEdit()) return;
  fetchNames();
  box.hidden = false;
  box.elements.name.value = "";
  box.elements.name.focus();
}

function closeTagBox() {
  if (!box || box.hidden) return;
  box.hidden = true;
  document.activeElement?.blur();
}

box?.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = box.elements.name.value;
  closeTagBox();
  addTag(name);
});
box?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  closeTagBox();
});
box?.addEventListener("focusout", (event) => {
  if (!box.contains(event.relatedTarget)) box.hidden = true;
});
window.addEventListener("popstate", closeTagBox);

// The names that the workspace has, to choose from.
async function fetchNames() {
  if (areNamesThere || !box) return;
  areNamesThere = true;
  const headers = { "X-Requested-With": "fetch" };
  const answer = await fetch(box.dataset.names, { headers }).catch(() => null);
  if (answer?.ok) document.querySelector("#names").innerHTML = await answer.text();
}
document.addEventListener("focusin", (event) => {
  if (event.target.id === "tag") fetchNames();
});
