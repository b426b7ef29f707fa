import { showCount } from "./selection.js";
import { allTiles, boxOf } from "./tiles.js";

const REMOVING = ["trash", "restore", "uncollect", "move"];

/** Show on the tiles what was done; where it removed them, return what puts them in again. */
export function show(action, outputs) {
  const [verb, word] = action.split(" ");
  const named = outputs
    .map((pk) => document.querySelector(`#tile-${CSS.escape(pk)}`))
    .filter(Boolean);
  if (verb === "stars") for (const tile of named) showStars(tile, Number(word));
  return REMOVING.includes(verb) ? removeTiles(named) : null;
}

function showStars(tile, stars) {
  tile.querySelector(".tile__stars")?.remove();
  if (!stars) return;
  const badge = document.createElement("span");
  badge.className = "tile__stars";
  badge.innerHTML = '<span aria-hidden="true"></span><span class="visually-hidden"></span>';
  badge.firstChild.textContent = `★ ${stars}`;
  badge.lastChild.textContent = `${stars} star${stars === 1 ? "" : "s"}`;
  tile.querySelector(".tile__link").after(badge);
}

function removeTiles(gone) {
  const places = gone.map((tile) => [tile, tile.nextSibling]).reverse();
  const hadFocus = gone.some((tile) => tile.contains(document.activeElement));
  const next = hadFocus ? allTiles().find((tile) => !gone.includes(tile)) : null;
  for (const tile of gone) {
    boxOf(tile).checked = false;
    tile.remove();
  }
  next?.querySelector(".tile__link").focus({ preventScroll: true });
  hideEmptyDays();
  showCount();
  return () => {
    const list = document.querySelector(".tiles");
    for (const [tile, before] of places) {
      list.insertBefore(tile, before?.parentNode === list ? before : null);
    }
    hideEmptyDays();
  };
}

function hideEmptyDays() {
  for (const day of document.querySelectorAll(".tiles__day")) {
    let next = day.nextElementSibling;
    while (next && !next.matches(".tile, .tiles__day")) next = next.nextElementSibling;
    day.hidden = !next?.matches(".tile");
  }
}
