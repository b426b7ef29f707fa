// Finds the tiles of a page and their checkboxes.

export const allTiles = () => [...document.querySelectorAll(".tile")];
export const boxOf = (tile) => tile.querySelector(".tile__pick input");
export const allBoxes = () => [...document.querySelectorAll(".tile__pick input")];
export const selectedBoxes = () => allBoxes().filter((box) => box.checked);

/** Whether a dialog or popover is open, which handles the keys. */
export const isCovered = () =>
  document.querySelector("dialog[open], [popover]:popover-open") !== null;
