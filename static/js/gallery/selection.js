// Pictures are selected one by one, in a row with Shift, or all of a page.

import { announce } from "../announcement.js";
import { text } from "../texts.js";
import { allBoxes, chosenBoxes } from "./tiles.js";

let last = null; // the box from which Shift chooses

export function showCount() {
  const place = document.querySelector(".bulk [data-count]");
  if (!place) return;
  place.textContent = text("selected", { count: chosenBoxes().length });
}

/** Let the next choice with Shift begin at a box. */
export function startFrom(box) {
  last = box;
}

/** Note that a box was changed, and change all from the last one as it was. */
export function choose(box, withAllFromLast) {
  const all = allBoxes();
  if (withAllFromLast && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
  showCount();
}

export function chooseNone() {
  for (const box of allBoxes()) box.checked = false;
  last = null;
  showCount();
  announce(text("selectionCleared"));
}

function chooseAll() {
  for (const box of allBoxes()) box.checked = true;
  showCount();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".tile__pick input");
  if (box) choose(box, event.shiftKey);
  if (event.target.closest?.("[data-choose-all]")) chooseAll();
});

document.querySelector("#picked")?.addEventListener("reset", (event) => {
  event.preventDefault();
  chooseNone();
});

document.addEventListener("htmx:load", showCount);
for (const button of document.querySelectorAll("[data-choose-all]")) button.hidden = false;
showCount();
