// Keyboard shortcuts for the selected tiles, else for the tile with the focus: x selects, 0 to 5 rate, t tags,
// c compares, Delete moves to the trash, u undoes.

import { apply, undoLast } from "./bulk_actions.js";
import { openPanel } from "./bulk_panels.js";
import { compareSelected, toggleCompared } from "./comparing.js";
import { selectBox } from "./selection.js";
import { boxOf, isCovered, selectedBoxes } from "./tiles.js";

// The button of an action in the bulk bar. Some are missing: viewers may not edit, the trash has other actions.
const offers = (action) => document.querySelector(`.bulk [name="do"][value="${action}"]`);

function toggle(tile) {
  const box = boxOf(tile);
  box.checked = !box.checked;
  selectBox(box, false);
}

function press(event, tile) {
  const outputs = () => {
    const boxes = selectedBoxes();
    return (boxes.length ? boxes : tile ? [boxOf(tile)] : []).map((box) => box.value);
  };
  const { key } = event;
  if (key === "x" && tile) toggle(tile);
  else if (/^[0-5]$/.test(key) && offers("stars 0") && outputs().length)
    apply(`stars ${key}`, outputs());
  else if (key === "Delete" && offers("trash") && outputs().length) apply("trash", outputs());
  else if (key === "t" && offers("tag") && outputs().length) {
    if (!selectedBoxes().length) toggle(tile);
    openPanel(offers("tag"));
  } else if (key === "c" && outputs().length && document.querySelector(".bulk [data-comparison]")) {
    if (selectedBoxes().length) compareSelected();
    else toggleCompared(outputs()[0]);
  } else if (key === "u" && offers("trash")) undoLast();
  else if (key === "Enter" && event.target.matches(".tile__pick input"))
    tile.querySelector(".picture").click();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  const isHeld = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
  if (isHeld || event.defaultPrevented || isCovered()) return;
  if (event.target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  const tile = event.target.closest?.(".tile");
  press(event, tile && boxOf(tile) ? tile : null);
});
