// Sends "Move to trash" in the menu of a run without leaving the page, and offers Undo.

import { submit } from "../gallery/bulk_queue.js";
import { text } from "../texts.js";
import { toast } from "../toast.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-trash]")) return;
  event.preventDefault();
  const outputs = new FormData(form).getAll("output");
  const answer = await submit("trash", outputs);
  if (!answer) return;
  setHidden(outputs, true);
  toast(answer.message, [[text("undo"), () => undo(answer.undo, outputs)]]);
});

async function undo(steps, outputs) {
  for (const step of steps) if (!(await submit(step.do, step.outputs))) return;
  setHidden(outputs, false);
}

function setHidden(outputs, isHidden) {
  for (const pk of outputs) {
    const tile = document.getElementById(`tile-${pk}`);
    if (tile) tile.hidden = isHidden;
  }
}
