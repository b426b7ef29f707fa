// Toasts: a message about the last action, with buttons such as Undo. It disappears after half a minute, but
// not while it is hovered or has the focus. A new toast replaces it.

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

// Behind a fullscreen element or a modal dialog a toast would be neither visible nor reachable.
const findPlace = () =>
  document.fullscreenElement ??
  document.querySelector("dialog:modal") ??
  document.querySelector("#main");

/** Show a toast. Each action is [label, function]; with `stays` the toast has no time limit. */
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
