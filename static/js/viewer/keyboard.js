// The keys of the viewer. A key that is held down turns on, and does nothing else twice.

import { moveToTrash, repeatTag, setStars, undo } from "./actions.js";
import { leave } from "./leaving.js";
import { canEdit, inOrder } from "./stage.js";
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
};
const EDITING_KEYS = {
  x: moveToTrash,
  Delete: moveToTrash,
  t: openTagBox,
  ".": repeatTag,
  u: undo,
};
for (const count of [0, 1, 2, 3, 4, 5]) EDITING_KEYS[count] = () => setStars(count);

/** Do what a key asks for; false where it asks for nothing here. */
function press(key, isHeld) {
  if (TURNS[key]) {
    if (!isHeld || !isTurning()) inOrder(() => turnTo(TURNS[key]));
    return true;
  }
  if (HELD[key]) {
    zoomBy(HELD[key]);
    return true;
  }
  const act = KEYS[key] ?? (canEdit() ? EDITING_KEYS[key] : undefined);
  if (isHeld || !act) return false;
  act();
  return true;
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const isUndo = (event.ctrlKey || event.metaKey) && key === "z";
  if (target.matches("input, textarea, select")) {
    if (key === "Escape") target.blur();
    return;
  }
  if ((event.ctrlKey || event.metaKey || event.altKey) && !isUndo) return;
  if (target.matches("video, audio") && (key.startsWith("Arrow") || key === " ")) return;
  if (press(isUndo ? "u" : key, event.repeat)) event.preventDefault();
});
