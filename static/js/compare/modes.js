// Modes that show two pictures in the same place: with a movable divider (slider), or alternating (blink).

const list = document.querySelector("#compared");
const divider = list.querySelector("[role=slider]");
const BLINK_MS = 800;
const KEYS = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };
let timer = null;

const hasModes = () => document.querySelector("[data-show]") !== null;
export const mode = () => list.dataset.mode;
export const findShown = () => list.children[Number(list.dataset.shown)];

function flip() {
  list.dataset.shown = 1 - Number(list.dataset.shown);
}

export function showAs(next) {
  if (!hasModes()) return;
  list.dataset.mode = next;
  list.dataset.shown = 0;
  clearInterval(timer);
  timer = null;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (next === "blink" && !isStill) timer = setInterval(flip, BLINK_MS);
  for (const button of document.querySelectorAll("[data-show]"))
    button.setAttribute("aria-pressed", String(button.dataset.show === next));
  window.dispatchEvent(new Event("resize")); // the size of the stages changed
}

/** Start to alternate the two pictures; if they alternate already, stop the timer and show the other one. */
export function blink() {
  if (mode() !== "blink") {
    showAs("blink");
    return;
  }
  clearInterval(timer);
  flip();
}

function divide(percent) {
  const next = Math.min(Math.max(Math.round(percent), 0), 100);
  divider.setAttribute("aria-valuenow", next);
  list.style.setProperty("--split", `${next}%`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-show]");
  if (button) showAs(button.dataset.show);
});
divider?.addEventListener("keydown", (event) => {
  const step = KEYS[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  divide(Number(divider.getAttribute("aria-valuenow")) + step);
});
divider?.addEventListener("pointerdown", (event) => {
  divider.setPointerCapture(event.pointerId);
});
divider?.addEventListener("pointermove", (event) => {
  if (!divider.hasPointerCapture(event.pointerId)) return;
  const room = divider.parentElement.getBoundingClientRect();
  divide(((event.clientX - room.left) / room.width) * 100);
});
