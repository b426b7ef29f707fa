// A message in the corner, with buttons: what was done, and the way back. It stays for half a
// minute, longer while it is pointed at or in focus; the next one takes its place.

import { announce } from "./announcement.js";
import { element } from "./elements.js";
import { text } from "./texts.js";

const STAYS_MS = 30_000;
let timer = null;

export function hush() {
  clearTimeout(timer);
  document.querySelector(".toast--action")?.remove();
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(hush, STAYS_MS);
}

// Behind what fills the screen, and behind a dialog, it would be neither visible nor reachable.
const findPlace = () =>
  document.fullscreenElement ??
  document.querySelector("dialog:modal") ??
  document.querySelector("#main");

// Each action is [label, function]; with `stays` the message waits for its answer.
export function toast(words, actions = [], { stays = false } = {}) {
  hush();
  const message = element("p", { textContent: words });
  const box = element("div", { className: "toast toast--action" }, message);
  for (const [label, action] of [...actions, [text("close"), () => {}]]) {
    const look = { type: "button", className: "button button--small", textContent: label };
    const button = element("button", look);
    button.addEventListener("click", () => {
      hush();
      action();
    });
    box.append(button);
  }
  for (const name of ["pointerenter", "focusin"])
    box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"])
    box.addEventListener(name, () => {
      if (!stays) wait();
    });
  findPlace().append(box);
  if (!stays) wait();
  const labels = actions.map(([label]) => label).join(", ");
  const sentence = words.replace(/[.。]$/, "");
  announce(labels ? text("saidWithActions", { message: sentence, actions: labels }) : words);
}
