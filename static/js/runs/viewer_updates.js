// Hides a picture on the page behind the viewer when it is moved to the trash in the viewer, until Undo.

document.addEventListener("viewer:done", ({ detail: { action, outputs } }) => {
  if (action !== "trash" && action !== "restore") return;
  for (const output of outputs) {
    const tile = document.getElementById(`picture-${output}`)?.closest("li");
    if (tile) tile.hidden = action === "trash";
  }
});
