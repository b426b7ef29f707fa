// What is put into the trash in the viewer is gone from the page behind it, until it is undone.

document.addEventListener("viewer:done", ({ detail: { action, outputs } }) => {
  if (action !== "trash" && action !== "restore") return;
  for (const output of outputs) {
    const tile = document.getElementById(`picture-${output}`)?.closest("li");
    if (tile) tile.hidden = action === "trash";
  }
});
