// Keyboard shortcuts of the viewer. Key repeat applies to the arrows and to zooming, and to no other action.

import { isGoKey } from "../frame/keys.js";
import { moveToTrash, repeatTag, setStars, undo } from "./actions.js";
import { leave } from "./leaving.js";
import { canEdit, enqueue, findViewer } from "./stage.js";
import { openTagBox } from "./tag_box.js";
import { tools } from "./tools.js";
import { isTurning, turnTo } from "./turning.js";
import { isZoomed, resetZoom, zoomBy } from "./zoom.js";

const ZOOM_STEP = 1.5;
const TURNS = { ArrowLeft: "prev", ArrowRight: "next" };
const HELD = { "+": ZOOM_STEP, "=": ZOOM_STEP, "-": 1 / ZOOM_STEP };
const KEYS = {
  Escape: () => {
    if (isZoomed()) resetZoom();
    else if (!document.fullscreenElement) leave();
  },
  z: tools.zoom,
  f: tools.full,
  i: tools.details,
  d: () => document.querySelector("[data-download]").click(),
  c: () => document.querySelector("#viewer [data-comparison]")?.click(),
  "?": () => document.querySelector("#viewer-help").togglePopover(),
};
const EDITING_KEYS = {
  x: moveToTrash,
  Delete: moveToTrash,
  t: openTagBox,
  ".": repeatTag,
  u: undo,
};
for (const count of [0, 1, 2, 3, 4, 5]) EDITING_KEYS[count] = () => setStars(count);

/** Do the action of a key; return false if the key has none. */
function press(key, isHeld) {
  if (TURNS[key]) {
    if (!isHeld || !isTurning()) enqueue(() => turnTo(TURNS[key]));
    return true;
  }
  if (HELD[key]) {
    zoomBy(HELD[key]);
    return true;
  }
  const action = KEYS[key] ?? (canEdit() ? EDITING_KEYS[key] : undefined);
  if (isHeld || !action) return false;
  action();
  return true;
}

/** Whether the key belongs to the focused element: an open popover or a player. */
function isForOthers({ key, target }) {
  if (key === "Escape" && document.querySelector("#viewer :popover-open")) return true;
  return target.matches?.("video, audio") && (key.startsWith("Arrow") || key === " ");
}

function leaveField(event) {
  if (event.key !== "Escape") return;
  event.preventDefault(); // or Escape would close the dialog
  event.target.closest("details")?.removeAttribute("open");
  event.target.blur();
}

// In the capture phase, before the shortcuts of the page behind, which must not react while the viewer is open.
document.addEventListener(
  "keydown",
  (event) => {
    const { key, target } = event;
    if (!findViewer() || isGoKey(event) || isForOthers(event)) return;
    const isUndo = (event.ctrlKey || event.metaKey) && key === "z";
    if (target.matches?.("#viewer :is(input, textarea, select)")) {
      leaveField(event);
      return;
    }
    if (target.matches?.("input, textarea, select")) return;
    if ((event.ctrlKey || event.metaKey || event.altKey) && !isUndo) return;
    if (!press(isUndo ? "u" : key, event.repeat)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
