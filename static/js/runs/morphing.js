// What a page keeps when news of a run comes in: the elements are changed in place (idiomorph), so
// that a press, the focus, an open menu and a playing video survive. These are kept as they are:

import { holdLine } from "./held_lines.js";

const { htmx, Idiomorph } = window;
const SHAPE = ["data-ratio", "data-shape", "data-columns", "data-rows"];
const { callbacks } = Idiomorph?.defaults ?? { callbacks: {} }; // some pages have no news of runs

// Its own extension takes every swap for one of its kind, and so puts a wrapper into the list.
htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap: (style, target, fragment) =>
    style === "morph" && Idiomorph.morph(target, fragment.children),
});

// the token of a button, which makes two presses of it one run; a time that the reader's clock shows
callbacks.beforeNodeMorphed = (old, next) => {
  if (!(old instanceof Element)) return true;
  if (old.matches("input[name=submission]")) return false;
  const isSameTime = old.matches("time[data-time]") && old.dateTime === next.dateTime;
  return !(isSameTime && old.dataset.time === next.dataset?.time);
};

// a message of ours
callbacks.beforeNodeRemoved = (node) =>
  !(node instanceof Element && node.matches("[data-action-notice]"));

// the shape of a place, whatever came; what a person opened, what waits for its answer, what a script showed
callbacks.beforeAttributeUpdated = (name, element) => {
  if (SHAPE.includes(name)) return !element.matches(".run");
  if (name === "data-busy") return !holdLine(element);
  if (name === "open") return !element.matches("details");
  if (name === "hidden") return !element.matches("[data-needs-script]");
  return !["aria-busy", "aria-disabled"].includes(name);
};

// An answer that was overtaken by a later one shows nothing older than is there.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const next = event.detail.fragment.querySelector?.("[data-revision]");
  const old = event.detail.target;
  if (!next || old.id !== next.id) return;
  if (Number(next.dataset.revision) < Number(old.dataset.revision)) event.detail.shouldSwap = false;
});
