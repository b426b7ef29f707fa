// Keyboard shortcuts of the comparison. Rating and tagging apply to the picture with the focus, else to the
// picture under the pointer.

import { isCovered } from "../gallery/tiles.js";
import { openTag, rate, undo } from "./actions.js";
import { blink, findShown, mode, showAs } from "./modes.js";
import { togglePlaying } from "./players.js";
import { fit, isZoomed, moveBy, toggleZoom, zoomIn, zoomOut } from "./zoom.js";

const list = document.querySelector("#compared");
const PAN = 0.1; // share of the stage's size
const MOVES = {
  ArrowLeft: [PAN, 0],
  ArrowRight: [-PAN, 0],
  ArrowUp: [0, PAN],
  ArrowDown: [0, -PAN],
};
const KEYS = {
  "+": zoomIn,
  "=": zoomIn,
  "-": zoomOut,
  z: () => toggleZoom(),
  s: () => showAs(mode() === "slider" ? "side" : "slider"),
  b: blink,
  i: () => document.querySelector("#all-inputs")?.click(),
  u: undo,
  t: () => openTag(findCurrent()),
  Escape: () => (isZoomed() ? fit() : showAs("side")),
};

const inFocus = () => document.activeElement.closest("#compared > li");

function findCurrent() {
  const pointedAt = list.querySelector(":scope > li:hover");
  return inFocus() ?? (mode() === "side" ? pointedAt : findShown()) ?? list.children[0];
}

/** Pan all pictures if they are zoomed, else move the focus to the previous or next picture. */
function move(event) {
  if (isZoomed()) moveBy(...MOVES[event.key]);
  else {
    const next = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[
      event.key
    ];
    if (!next) return false;
    const item = inFocus() ? inFocus()[next] : list.children[0];
    item?.focus();
    item?.scrollIntoView({ block: "nearest", inline: "center" });
  }
  return true;
}

function leaveField(field) {
  field.closest("details")?.removeAttribute("open");
  inFocus()?.focus();
}

function press(event) {
  const { key, target } = event;
  const isButton = target.matches("button, a, summary, input");
  if (MOVES[key]) return move(event);
  if (key === " " && !isButton) togglePlaying();
  else if (key === "Enter" && target === inFocus()) target.querySelector("[data-viewer]").click();
  else if (/^[0-5]$/.test(key) && list.querySelector(".stars")) rate(findCurrent(), key);
  else if (KEYS[key]) KEYS[key]();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isCovered() || event.target.matches("video, audio")) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") leaveField(event.target);
    return;
  }
  if (press(event)) event.preventDefault();
});
for (const item of list.children) item.tabIndex = 0;
