// What is done in the viewer shows on the tiles of the page behind it.

import { show, showLock } from "./tile_updates.js";

const putBack = new Map(); // by action and output

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
