// Keyboard navigation of the grid: arrows go from tile to tile, with Shift they select, Escape clears the
// selection.

import { closePanel } from "./bulk_panels.js";
import { clearSelection, selectBox, setRangeStart } from "./selection.js";
import { allTiles, boxOf, isCovered, selectedBoxes } from "./tiles.js";

const MOVES = /^(Arrow(Left|Right|Up|Down)|Home|End)$/;

function findNeighbour(tile, key) {
  const all = allTiles();
  const at = all.indexOf(tile);
  if (key === "ArrowLeft") return all[at - 1];
  if (key === "ArrowRight") return all[at + 1];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  return findInNextRow(all, at, key === "ArrowUp" ? -1 : 1);
}

/** Return the tile of the next or previous row whose centre is nearest. */
function findInNextRow(all, at, step) {
  const here = all[at].getBoundingClientRect();
  const middle = (box) => box.left + box.width / 2;
  let row = null;
  let best = null;
  for (let index = at + step; all[index]; index += step) {
    const box = all[index].getBoundingClientRect();
    if (Math.abs(box.top - here.top) < 2) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > 2) break;
    const away = Math.abs(middle(box) - middle(here));
    if (!best || away < best.away) best = { tile: all[index], away };
  }
  return best?.tile;
}

function move(event, tile) {
  const next = findNeighbour(tile, event.key);
  if (!next) return;
  event.preventDefault();
  const [box, nextBox] = [boxOf(tile), boxOf(next)];
  if (event.shiftKey && box && nextBox) {
    if (!box.checked) setRangeStart(box);
    box.checked = true;
    nextBox.checked = true;
    selectBox(nextBox, true);
  }
  (event.target === box ? nextBox : next.querySelector(".picture")).focus();
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (isCovered()) return;
  if (event.key === "Escape") {
    cancelSelection(event);
    return;
  }
  const tile = event.target.closest?.(".tile");
  if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = boxOf(tile);
  if (event.key === " " && event.shiftKey && event.target === box) {
    event.preventDefault();
    box.checked = !box.checked;
    selectBox(box, true);
  } else if (MOVES.test(event.key)) move(event, tile);
});

function cancelSelection(event) {
  if (closePanel()) return;
  const isTyping = event.target.matches("input:not([type=checkbox])");
  if (!isTyping && selectedBoxes().length) clearSelection();
}
