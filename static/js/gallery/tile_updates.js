import { text } from "../texts.js";
import { showCount } from "./selection.js";
import { allTiles, boxOf } from "./tiles.js";

const REMOVING = ["trash", "restore", "uncollect", "move"];

/** Show an action on the tiles. If it removes them, return a function that inserts them again. */
export function show(action, outputs) {
  const [verb, word] = action.split(" ");
  const named = outputs
    .map((pk) => document.querySelector(`#tile-${CSS.escape(pk)}`))
    .filter(Boolean);
  if (verb === "stars") for (const tile of named) showStars(tile, Number(word));
  return REMOVING.includes(verb) ? removeTiles(named) : null;
}

function showStars(tile, stars) {
  tile.querySelector("[data-stars]")?.remove();
  if (!stars) return;
  const mark = document.querySelector("#star-mark").content.firstElementChild.cloneNode(true);
  mark.querySelector("[data-number]").textContent = stars;
  mark.querySelector(".visually-hidden").textContent = ` ${text("stars", { count: stars })}`;
  tile.querySelector(".tile__badge").append(mark);
}

/** Show on the tiles of a run whether it is private. */
export function showLock(run, isPrivate) {
  for (const tile of document.querySelectorAll(`.tile[data-run="${CSS.escape(run)}"]`)) {
    tile.querySelector("[data-lock]")?.remove();
    const mark = document.querySelector("#lock-mark")?.content.firstElementChild.cloneNode(true);
    if (isPrivate && mark) tile.querySelector(".tile__badge")?.prepend(mark);
  }
}

function removeTiles(gone) {
  const places = gone.map((tile) => [tile, tile.parentNode, tile.nextSibling]).reverse();
  const days = gone.map(findDay);
  const hadFocus = gone.some((tile) => tile.contains(document.activeElement));
  const next = hadFocus ? findNext(gone) : null;
  for (const tile of gone) {
    boxOf(tile).checked = false;
    tile.closest(".set")?.setAttribute("data-loose", ""); // the rest no longer fills the block
    tile.remove();
  }
  next?.querySelector(".picture").focus({ preventScroll: true });
  countDays(days, -1);
  showCount();
  showWhetherEmpty();
  return () => {
    for (const [tile, list, before] of places) {
      list.insertBefore(tile, before?.parentNode === list ? before : null);
    }
    countDays(days, 1);
    showWhetherEmpty();
  };
}

function findNext(gone) {
  const all = allTiles();
  const last = all.findLastIndex((tile) => gone.includes(tile));
  return all[last + 1] ?? all.findLast((tile) => !gone.includes(tile));
}

function findDay(tile) {
  let before = tile.closest(".tiles > *")?.previousElementSibling;
  while (before && !before.matches(".day")) before = before.previousElementSibling;
  return before;
}

/** Show the empty state if no tile is left and no further page comes. */
function showWhetherEmpty() {
  const words = document.querySelector("#emptied");
  if (words) words.hidden = document.querySelector(".tile, .tiles__more") !== null;
}

/** Update the number of pictures of each day, and hide days without pictures. */
function countDays(days, step) {
  for (const day of days) {
    const count = day?.querySelector("[data-day-count]");
    if (!count) continue;
    count.textContent = Number(count.textContent) + step;
    day.hidden = count.textContent === "0";
  }
}
