// Updates the tiles of the page behind the viewer after an action in the viewer.

import { show, showLock } from "./tile_updates.js";

const putBack = new Map(); // functions that restore removed tiles, by the ids of the outputs

document.addEventListener("viewer:done", ({ detail: { action, outputs } }) => {
  const key = outputs.join();
  const undo = putBack.get(key);
  putBack.delete(key);
  if (undo && (action === "restore" || action === "trash")) undo();
  else putBack.set(key, show(action, outputs));
});

document.addEventListener("viewer:seen", ({ detail: { run, isPrivate } }) =>
  showLock(run, isPrivate),
);
