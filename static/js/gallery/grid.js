// The grid, beyond plain boxes and links: pictures chosen in rows, what is done to them done in
// place, arrows from picture to picture, and the way back to where one was.

import { say, toast } from "../toast.js";
import { submit } from "./bulk_queue.js";

const form = document.querySelector("#picked");
const boxes = () => [...document.querySelectorAll(".tile__pick input")];
const tiles = () => [...document.querySelectorAll(".tile")];
const chosen = () => boxes().filter((box) => box.checked);
let last = null;

// Choosing

function count() {
  const place = document.querySelector("[data-count]");
  if (!place) return;
  place.hidden = false;
  place.textContent = `${chosen().length} chosen`;
}

function choose(box, withAllFromLast) {
  const all = boxes();
  if (withAllFromLast && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
  count();
}

function chooseNone() {
  for (const box of boxes()) box.checked = false;
  last = null;
  count();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".tile__pick input");
  if (box) choose(box, event.shiftKey);
  const open = document.querySelector(".bulk-actions__group[open]");
  if (open && !open.contains(event.target)) open.open = false;
  if (!event.target.closest?.("[data-choose-all]")) return;
  for (const each of boxes()) each.checked = true;
  count();
});
form?.addEventListener("reset", (event) => {
  event.preventDefault();
  chooseNone();
  say("None chosen");
});

// Keys: arrows walk, Shift chooses on the way, Escape lets go.

function neighbour(tile, key) {
  const all = tiles();
  const at = all.indexOf(tile);
  if (key === "ArrowLeft") return all[at - 1];
  if (key === "ArrowRight") return all[at + 1];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  const here = tile.getBoundingClientRect();
  const middle = (box) => box.left + box.width / 2;
  const step = key === "ArrowUp" ? -1 : 1;
  let row = null;
  let best = null;
  for (let index = at + step; all[index]; index += step) {
    const box = all[index].getBoundingClientRect();
    if (Math.abs(box.top - here.top) < 2) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > 2) break;
    const away = Math.abs(middle(box) - middle(here));
    if (!best || away < best.away) best = { tile: all[index], away };
  }
  return best?.tile;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return letGo(event);
  const tile = event.target.closest?.(".tile");
  if (!tile || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const box = tile.querySelector(".tile__pick input");
  if (event.key === " " && event.shiftKey && event.target === box) {
    event.preventDefault();
    box.checked = !box.checked;
    choose(box, true);
  } else if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
    const next = neighbour(tile, event.key);
    if (!next) return undefined;
    event.preventDefault();
    const nextBox = next.querySelector(".tile__pick input");
    if (event.shiftKey && box && nextBox) {
      if (!box.checked) last = box;
      box.checked = true;
      nextBox.checked = true;
      choose(nextBox, true);
    }
    (event.target === box ? nextBox : next.querySelector(".tile__link")).focus();
    next.scrollIntoView({ block: "nearest" });
  }
  return undefined;
});

function letGo(event) {
  const open = document.querySelector(".bulk-actions__group[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  } else if (!event.target.matches("input:not([type=checkbox])") && chosen().length) {
    chooseNone();
    say("None chosen");
  }
}

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.(".bulk-actions__group[open]"))
      event.target.querySelector("input")?.focus();
  },
  true,
);

// Deeds in place

form?.addEventListener("submit", (event) => {
  const act = event.submitter?.value ?? nameOfOpen();
  if (!act || act.startsWith("delete")) return; // that is asked about on a page of its own
  event.preventDefault();
  const outputs = chosen().map((box) => box.value);
  const fields = {
    tag_name: form.elements.tag_name?.value ?? "",
    collect_name: form.elements.collect_name?.value ?? "",
  };
  doInPlace(act, outputs, fields);
});

// Enter in a field presses the first button of the form, which is another's.
form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".bulk-actions__panel input")) return;
  event.preventDefault();
  event.target.closest(".bulk-actions__panel").querySelector("button").click();
});
const nameOfOpen = () => document.querySelector(".bulk-actions__group[open] button")?.value;

async function doInPlace(act, outputs, fields) {
  const answer = await submit(act, outputs, fields);
  if (!answer) return;
  const back = show(act, outputs);
  for (const open of document.querySelectorAll(".bulk-actions__group[open]")) open.open = false;
  toast(answer.told, answer.undo.length ? [["Undo", () => undo(answer.undo, back)]] : []);
  if (!document.querySelector(".tile, .tiles__more")) location.reload();
}

async function undo(steps, back) {
  for (const step of steps) {
    if (!(await submit(step.do, step.outputs))) return;
    if (!back) show(step.do, step.outputs);
  }
  back?.();
  toast("Taken back");
}

// Show on the tiles what was done; where they went, return what puts them in again.
function show(act, outputs) {
  const [verb, word] = act.split(" ");
  const named = outputs
    .map((pk) => document.querySelector(`#tile-${CSS.escape(pk)}`))
    .filter(Boolean);
  if (verb === "stars") for (const tile of named) showStars(tile, Number(word));
  return ["trash", "restore", "uncollect", "move"].includes(verb) ? takeAway(named) : null;
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

function takeAway(gone) {
  const places = gone.map((tile) => [tile, tile.nextSibling]).reverse();
  const hadFocus = gone.some((tile) => tile.contains(document.activeElement));
  const next = hadFocus ? tiles().find((tile) => !gone.includes(tile)) : null;
  for (const tile of gone) {
    tile.querySelector(".tile__pick input").checked = false;
    tile.remove();
  }
  next?.querySelector(".tile__link").focus({ preventScroll: true });
  hideEmptyDays();
  count();
  return () => {
    const list = document.querySelector(".tiles");
    for (const [tile, before] of places)
      list.insertBefore(tile, before?.parentNode === list ? before : null);
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

// Further pages come before one sees their end.

const watch = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      watch.unobserve(entry.target);
      window.htmx.trigger(entry.target, "near");
    }
  },
  { rootMargin: "1500px" },
);
const watchEnd = () => {
  count();
  hideLastRow();
  for (const end of document.querySelectorAll(".tiles__more")) watch.observe(end);
};
document.addEventListener("htmx:load", watchEnd);

// A row that is not full yet would be set anew by what comes: it is seen when it stands.
function hideLastRow() {
  for (const tile of document.querySelectorAll(".tile[data-unset]")) delete tile.dataset.unset;
  const all = document.querySelector(".tiles__more") ? tiles().reverse() : [];
  for (const tile of all) {
    if (tile.offsetTop !== all[0].offsetTop) break;
    tile.dataset.unset = "";
  }
}
window.addEventListener("resize", hideLastRow);
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    if (!event.target.matches?.(".tiles__more")) return;
    for (const tile of document.querySelectorAll(".tile[data-unset]")) delete tile.dataset.unset;
  });
}

// The way back. The address says how far was scrolled, so that going back brings all of it again;
// which picture stood where is kept beside it, because new ones may have come above.

history.scrollRestoration = "manual";

document.addEventListener("htmx:beforeSwap", (event) => {
  const through = event.detail.target?.dataset?.through;
  const more = new DOMParser().parseFromString(event.detail.serverResponse ?? "", "text/html");
  const end = more.querySelector("[data-through]")?.dataset.through ?? through;
  if (!through || !end) return;
  const address = new URL(location.href);
  address.searchParams.set("through", end);
  address.hash = "";
  history.replaceState(history.state, "", address);
  for (const back of document.querySelectorAll("#main [name=back]")) {
    if (back.form === form) back.value = address.pathname + address.search;
  }
});

function keepPlace() {
  const seen = tiles().find((tile) => tile.getBoundingClientRect().bottom > 60);
  if (seen)
    history.replaceState({ tile: seen.id, top: seen.getBoundingClientRect().top, y: scrollY }, "");
}

let pause = null;
document.addEventListener(
  "scroll",
  () => {
    clearTimeout(pause);
    pause = setTimeout(keepPlace, 120);
  },
  { passive: true },
);
document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest?.("a")) keepPlace();
  },
  true,
);

function goBack() {
  const { tile, top, y } = history.state ?? {};
  const seen = tile && document.getElementById(tile);
  if (seen && y > 0) scrollBy({ top: seen.getBoundingClientRect().top - top, behavior: "instant" });
  else if (tile && y > 0) scrollTo(0, y);
  if (!tile && location.hash.startsWith("#tile-")) findFromViewer(location.hash.slice(1));
}

// Once more when all is loaded: the browser goes to the place in the address itself, and takes the
// focus away from what stands there.
function findFromViewer(id) {
  const focus = () => {
    const link = document.getElementById(id)?.querySelector(".tile__link");
    link?.scrollIntoView({ block: "center", behavior: "instant" });
    link?.focus({ preventScroll: true });
  };
  focus();
  window.addEventListener("load", () => setTimeout(focus));
}
goBack();
for (const part of document.querySelectorAll("[data-choose-all]")) part.hidden = false;
watchEnd();
