// Selects pictures one by one, as a range with Shift, or all of the page.

import { announce } from "../announcement.js";
import { text } from "../texts.js";
import { allBoxes, selectedBoxes } from "./tiles.js";

let last = null; // the checkbox where a range with Shift starts

export function showCount() {
  const place = document.querySelector(".bulk [data-count]");
  if (!place) return;
  place.textContent = text("selected", { count: selectedBoxes().length });
}

/** Set the checkbox where the next range with Shift starts. */
export function setRangeStart(box) {
  last = box;
}

/** Handle a changed checkbox; with `withAllFromLast` change the whole range from the last one. */
export function selectBox(box, withAllFromLast) {
  const all = allBoxes();
  if (withAllFromLast && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
  showCount();
}

export function clearSelection() {
  for (const box of allBoxes()) box.checked = false;
  last = null;
  showCount();
  announce(text("selectionCleared"));
}

function selectAll() {
  for (const box of allBoxes()) box.checked = true;
  showCount();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".tile__pick input");
  if (box) selectBox(box, event.shiftKey);
  if (event.target.closest?.("[data-choose-all]")) selectAll();
});

document.querySelector("#picked")?.addEventListener("reset", (event) => {
  event.preventDefault();
  clearSelection();
});

document.addEventListener("htmx:load", showCount);
for (const button of document.querySelectorAll("[data-choose-all]")) button.hidden = false;
showCount();
