// Sends bulk actions without leaving the page, updates the tiles, and offers Undo.

import { text } from "../texts.js";
import { toast } from "../toast.js";
import { closeAllPanels, openAction } from "./bulk_panels.js";
import { submit } from "./bulk_queue.js";
import { show } from "./tile_updates.js";
import { selectedBoxes } from "./tiles.js";

let last = null; // function that undoes the last action

document.querySelector("#picked")?.addEventListener("submit", (event) => {
  const action = event.submitter?.value ?? openAction();
  if (!action || action.startsWith("delete")) return; // has its own page, which asks for confirmation
  event.preventDefault();
  const outputs = selectedBoxes().map((box) => box.value);
  const { tag_name: tag, collect_name: collection } = event.target.elements;
  const fields = { tag_name: tag?.value ?? "", collect_name: collection?.value ?? "" };
  apply(action, outputs, fields);
});

export async function apply(action, outputs, fields = {}) {
  const answer = await submit(action, outputs, fields);
  if (!answer) return;
  const putBack = show(action, outputs);
  closeAllPanels();
  last = answer.undo.length ? () => undo(answer.undo, putBack) : null;
  toast(answer.message, last ? [[text("undo"), undoLast]] : []);
}

export function undoLast() {
  const action = last;
  last = null;
  if (action) action();
  else toast(text("nothingToUndo"));
}

async function undo(steps, putBack) {
  for (const step of steps) {
    if (!(await submit(step.do, step.outputs))) return;
    if (!putBack) show(step.do, step.outputs);
  }
  putBack?.();
  toast(text("undone"));
}
