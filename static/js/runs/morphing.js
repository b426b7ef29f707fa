// Updates a card in place (morphing, with idiomorph), so that a click in progress, the focus, an open menu and a
// playing video survive. The callbacks below say what an update does not change.

import { holdLine } from "./held_lines.js";

const { htmx, Idiomorph } = window;
const SHAPE = ["data-ratio", "data-shape", "data-columns", "data-rows"];
const { callbacks } = Idiomorph?.defaults ?? { callbacks: {} }; // pages without updates do not load it

// Replaces the extension of idiomorph, which handles every swap style and so adds a wrapper to the list.
htmx.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap: (style, target, fragment) =>
    style === "morph" && Idiomorph.morph(target, fragment.children),
});

// Keeps submission tokens, which make two presses of a button one run, and times that local_times.js wrote.
callbacks.beforeNodeMorphed = (old, next) => {
  if (!(old instanceof Element)) return true;
  if (old.matches("input[name=submission]")) return false;
  const isSameTime = old.matches("time[data-time]") && old.dateTime === next.dateTime;
  return !(isSameTime && old.dataset.time === next.dataset?.time);
};

// Keeps messages that run_actions.js added.
callbacks.beforeNodeRemoved = (node) =>
  !(node instanceof Element && node.matches("[data-action-notice]"));

// Keeps the shape of a card, whatever pictures came; what a person opened; busy buttons; elements that a script
// showed.
callbacks.beforeAttributeUpdated = (name, element) => {
  if (SHAPE.includes(name)) return !element.matches(".run");
  if (name === "data-busy") return !holdLine(element);
  if (name === "open") return !element.matches("details");
  if (name === "hidden") return !element.matches("[data-needs-script]");
  return !["aria-busy", "aria-disabled"].includes(name);
};

// Ignores a response that is older than what the page shows.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const next = event.detail.fragment.querySelector?.("[data-revision]");
  const old = event.detail.target;
  if (!next || old.id !== next.id) return;
  if (Number(next.dataset.revision) < Number(old.dataset.revision)) event.detail.shouldSwap = false;
});
