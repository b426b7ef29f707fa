// Toasts: a message about the last action, with buttons such as Undo. It disappears after half a minute, but
// not while it is hovered or has the focus. A new toast replaces it.

import { announce } from "./announcement.js";
import { element } from "./elements.js";
import { text } from "./texts.js";

const STAYS_MS = 30_000;
let timer = null;

export function hideToast() {
  clearTimeout(timer);
  document.querySelector(".toast--action")?.remove();
}

function startTimer() {
  clearTimeout(timer);
  timer = setTimeout(hideToast, STAYS_MS);
}

// Behind a fullscreen element or a modal dialog a toast would be neither visible nor reachable.
const findContainer = () =>
  document.fullscreenElement ??
  document.querySelector("dialog:modal") ??
  document.querySelector("#main");

/** Show a toast. Each action is [label, function]; with `stays` the toast has no time limit. */
export function toast(words, actions = [], { stays = false } = {}) {
  hideToast();
  const message = element("p", { textContent: words });
  const box = element("div", { className: "toast toast--action" }, message);
  for (const [label, action] of [...actions, [text("close"), () => {}]]) {
    const look = { type: "button", className: "button button--small", textContent: label };
    const button = element("button", look);
    button.addEventListener("click", () => {
      hideToast();
      action();
    });
    box.append(button);
  }
  for (const name of ["pointerenter", "focusin"])
    box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"])
    box.addEventListener(name, () => {
      if (!stays) startTimer();
    });
  findContainer().append(box);
  if (!stays) startTimer();
  const labels = actions.map(([label]) => label).join(", ");
  const sentence = words.replace(/[.。]$/, "");
  announce(labels ? text("saidWithActions", { message: sentence, actions: labels }) : words);
}
