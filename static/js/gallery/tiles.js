// The tiles of the grid, and the box that chooses each.

export const allTiles = () => [...document.querySelectorAll(".tile")];
export const boxOf = (tile) => tile.querySelector(".tile__pick input");
export const allBoxes = () => [...document.querySelectorAll(".tile__pick input")];
export const chosenBoxes = () => allBoxes().filter((box) => box.checked);

/** Whether something is open over the page, which has the keys. */
export const isCovered = () =>
  document.querySelector("dialog[open], [popover]:popover-open") !== null;
