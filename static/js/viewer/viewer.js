// One picture at a time: keys, swipes, zoom, full screen. Each picture is a page with an address.

import { idle, isPending, submit } from "../gallery/bulk_queue.js";
import { hush, say, toast } from "../toast.js";
import { isZoomed, resetZoom, toggleZoom, zoomBy } from "./zoom.js";

const main = document.querySelector("#main");
const viewer = () => document.querySelector("#viewer");
const shown = () => viewer().dataset.output;
const turn = (rel) => document.querySelector(`.viewer__turn[rel=${rel}]`);
const mayKey = () => Boolean(document.querySelector("#sorting"));

// What keys ask for happens in their order, each when the one before is done: what is pressed
// while the next picture is still on its way is meant for that one.
let chain = Promise.resolve();
const later = (act) => {
  chain = chain
    .then(act)
    .catch(() => toast("This could not be shown: the server does not answer."));
};

// Turning

const turns = () => history.state?.turns ?? 0; // since the viewer was opened

const ahead = new Map(); // pages that were fetched already, by address

function load(address) {
  if (!ahead.has(address)) {
    const page = fetch(address, {
      headers: { "X-Requested-With": "fetch" },
      signal: AbortSignal.timeout(30_000),
    }).then(async (answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    });
    page.catch(() => ahead.delete(address));
    ahead.set(address, page);
  }
  return ahead.get(address);
}

function forget(output) {
  for (const address of ahead.keys()) if (address.includes(output)) ahead.delete(address);
}

async function go(address, isBack) {
  const output = new URL(address, location.href).pathname.split("/").at(-2);
  if (isPending(output)) await idle();
  const page = await load(address);
  ahead.delete(address); // it is another when it is asked for again
  const next = page.querySelector("#viewer")?.cloneNode(true);
  if (!next) {
    location.href = address;
    return;
  }
  const focus = whereFocusIs();
  resetZoom();
  viewer().replaceWith(next);
  document.title = page.title;
  if (!isBack && address !== location.href) history.pushState({ turns: turns() + 1 }, "", address);
  if (focus) document.querySelector(focus)?.focus({ preventScroll: true });
  dress();
  say(page.title);
}

function whereFocusIs() {
  const at = document.activeElement;
  if (!viewer().contains(at)) return "";
  if (at.rel) return `.viewer__turn[rel=${at.rel}]`;
  return at.dataset.tool ? `[data-tool=${at.dataset.tool}]` : "";
}

// After something was done, a neighbour may be another.
async function relink() {
  ahead.clear();
  const output = shown();
  const page = await load(location.href);
  ahead.delete(location.href);
  if (output !== shown()) return;
  for (const old of document.querySelectorAll(".viewer__turn")) {
    const fresh = page.querySelector(`.viewer__turn[rel=${old.rel}]`);
    if (fresh) old.href = fresh.href;
    else old.remove();
  }
  dress();
}

window.addEventListener("popstate", () => {
  closeTagBox();
  later(() => go(location.href, true));
});

// Sorting. An action is taken on the picture that is shown when its turn comes, and saved later.

const done = []; // what can be taken back: {output, address, answer}, the answer a promise

async function sort(act, fields, movesOn) {
  if (!mayKey()) return;
  const [output, address] = [shown(), location.href];
  forget(output);
  const answer = submit(act, [output], fields);
  done.push({ output, address, answer });
  answer.then((told) => {
    if (!told) return;
    forget(output);
    if (act === "trash") toast(told.told, [["Undo", () => later(undo)]]);
    else say(told.told);
    if (act === "trash" && output !== shown()) relink().catch(() => {});
  });
  const next = movesOn && (turn("next") ?? (act === "trash" && turn("prev")));
  if (next) await go(next.href);
  else {
    await idle();
    await go(address, true);
    if (movesOn) say("That was the last one.");
  }
}

async function undo() {
  await idle();
  if (done.length && isPending(done.at(-1).output)) return; // it is said already that it waits
  const last = done.pop();
  const answer = await last?.answer;
  if (!answer) {
    say("There is nothing to take back.");
    return;
  }
  hush();
  ahead.clear();
  for (const step of answer.undo) submit(step.do, step.outputs);
  await idle();
  await go(last.address);
  say("Taken back");
}

function tag(name) {
  const word = name.trim();
  if (!word) return;
  localStorage.setItem("last-tag", word);
  later(() => sort("tag", { tag_name: word }, true));
}

// The box for a tag stands over the picture at once, so that what is typed next goes into it.

const box = document.querySelector("#tag-box");

function openTagBox() {
  if (!box || !mayKey()) return;
  fetchNames();
  box.hidden = false;
  box.elements.name.value = "";
  box.elements.name.focus();
}

function closeTagBox() {
  if (!box || box.hidden) return;
  box.hidden = true;
  document.activeElement?.blur();
}

box?.addEventListener("submit", (event) => {
  event.preventDefault();
  const name = box.elements.name.value;
  closeTagBox();
  tag(name);
});
box?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  closeTagBox();
});
box?.addEventListener("focusout", (event) => {
  if (!box.contains(event.relatedTarget)) box.hidden = true;
});

let areNamesThere = false;
async function fetchNames() {
  if (areNamesThere || !box) return;
  areNamesThere = true;
  const answer = await fetch(box.dataset.names, { headers: { "X-Requested-With": "fetch" } }).catch(
    () => null,
  );
  if (answer?.ok) document.querySelector("#names").innerHTML = await answer.text();
}
document.addEventListener("focusin", (event) => {
  if (event.target.id === "tag") fetchNames();
});

// What is pressed

const tools = {
  zoom: () => toggleZoom(),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : main.requestFullscreen?.()),
  details: () => {
    main.toggleAttribute("data-bare");
    localStorage.setItem("viewer-bare", main.hasAttribute("data-bare") ? "yes" : "");
    dress();
  },
};

// Back to the page as it was left, where this one was opened from it.
function leave() {
  const back = document.querySelector("#back");
  const cameFrom = document.referrer ? new URL(document.referrer) : null;
  const isKnown =
    back.dataset.from && cameFrom?.origin === location.origin && history.length > turns() + 1;
  return idle().then(() => {
    if (isKnown) history.go(-1 - turns());
    else location.href = back.href;
  });
}

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest?.(".viewer__turn");
  const tool = event.target.closest?.("[data-tool]");
  if (event.target.closest?.("#back[data-from]")) {
    event.preventDefault();
    leave();
  } else if (link) {
    event.preventDefault();
    later(() => turn(link.rel) && go(turn(link.rel).href));
  } else if (tool) tools[tool.dataset.tool]();
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "sorting") return;
  const act = event.submitter?.value ?? "tag";
  if (act === "delete") return; // that is asked about on a page of its own
  event.preventDefault();
  const field = event.target.elements.tag_name;
  if (act === "tag" && field.value.trim()) localStorage.setItem("last-tag", field.value.trim());
  const fields = { tag_name: field.value };
  later(() => sort(act, fields, act === "trash"));
});
// Enter in the field presses the first button of the form, which is a star.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "tag") return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector("[value=tag]"));
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const isUndo = (event.ctrlKey || event.metaKey) && key === "z";
  if (target.matches("input, textarea, select")) {
    if (key === "Escape") target.blur();
    return;
  }
  if ((event.ctrlKey || event.metaKey || event.altKey) && !isUndo) return;
  if (target.matches("video, audio") && (key.startsWith("Arrow") || key === " ")) return;
  if (!press(isUndo ? "u" : key, event.repeat)) return;
  event.preventDefault();
});

// A key that is held down turns on, and does nothing else twice.
function press(key, isHeld) {
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const rel = key === "ArrowLeft" ? "prev" : "next";
    if (!isHeld || !isTurning) later(() => turnTo(rel));
    return true;
  }
  if (key === "+" || key === "=") zoomBy(1.5);
  else if (key === "-") zoomBy(1 / 1.5);
  else if (isHeld) return false;
  else if (key === "Escape") {
    if (isZoomed()) resetZoom();
    else if (!document.fullscreenElement) leave();
  } else if (key === "z") tools.zoom();
  else if (key === "f") tools.full();
  else if (key === "i") tools.details();
  else if (!mayKey()) return false;
  else if (/^[0-5]$/.test(key)) later(() => sort(`stars ${key}`, {}, true));
  else if (key === "x" || key === "Delete")
    later(() => {
      if (!viewer().hasAttribute("data-trashed")) return sort("trash", {}, true);
    });
  else if (key === "t") openTagBox();
  else if (key === ".") repeatTag();
  else if (key === "u") later(undo);
  else return false;
  return true;
}

let isTurning = false;
async function turnTo(rel) {
  const link = turn(rel);
  if (!link) {
    say(rel === "next" ? "That was the last one." : "That was the first one.");
    return;
  }
  isTurning = true;
  try {
    await go(link.href);
  } finally {
    isTurning = false;
  }
}

function repeatTag() {
  const last = localStorage.getItem("last-tag");
  if (last) tag(last);
  else say("There was no tag yet.");
}

// A swipe turns; a pinch, or a zoomed picture that is moved, does not.

let start = null;

document.addEventListener(
  "touchstart",
  (event) => {
    const isOnStage = event.target.closest?.("#stage") && event.touches.length === 1;
    const isPinched = (window.visualViewport?.scale ?? 1) > 1.05;
    start = isOnStage && !isZoomed() && !isPinched ? event.touches[0] : null;
  },
  { passive: true },
);

document.addEventListener("touchend", (event) => {
  if (!start) return;
  const end = event.changedTouches[0];
  const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
  if (Math.abs(x) > 50 && Math.abs(x) > 1.5 * Math.abs(y))
    later(() => turnTo(x > 0 ? "prev" : "next"));
  start = null;
});

// The neighbours are fetched ahead, the pages and their pictures.

function dress() {
  if (localStorage.getItem("viewer-bare")) main.setAttribute("data-bare", "");
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
  document
    .querySelector("[data-tool=details]")
    ?.setAttribute("aria-pressed", String(!main.hasAttribute("data-bare")));
  for (const link of document.querySelectorAll(".viewer__turn")) {
    load(link.href).catch(() => {});
    if (link.dataset.ahead) new Image().src = link.dataset.ahead;
  }
}

dress();
