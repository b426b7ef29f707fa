// Debounced validation: sends the form to the server when a person pauses typing. Other modules register to
// show parts of the response. Generate validates once more.

import { findFields, findForm, isChoice } from "./controls.js";
import { isOfForm } from "./drawing.js";
import { forgetOrigin } from "./origin.js";

const CHECK_MILLISECONDS = 500;

let timer = 0; // timer of the next check
let asked = 0; // number of checks sent
const readers = [];
const writers = [];

/** Call `show` with each response: the form as the server draws it now, and its parts by `keyOfPart`. */
export const onChecked = (show) => readers.push(show);

/** Call `add` with the data of each check before it is sent. */
export const beforeCheck = (add) => writers.push(add);

/** Check the form after a pause (debounce): another call restarts the pause. */
export function check(milliseconds = CHECK_MILLISECONDS) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = 0;
    sendCheck();
  }, milliseconds);
}

// "Use as reference" adds a picture to the draft. A check that is due is sent first: it saves the form as the
// draft, and after the picture was added it would remove the picture from the draft.
document.addEventListener("submit", (event) => {
  const { target } = event;
  if (!timer || !target.action.endsWith?.("/reference/")) return;
  event.preventDefault();
  clearTimeout(timer);
  timer = 0;
  sendCheck().finally(() => target.submit());
});

// Cancels pending checks when the form sends a request. A late response to a check would draw the form again,
// and a click would be lost.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isOfForm(event)) return;
  clearTimeout(timer);
  asked += 1;
});

function readForm() {
  const form = findForm();
  const body = new FormData(form);
  for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
  body.delete("pasted");
  for (const add of writers) add(body);
  for (const text of form.querySelectorAll(".files__url")) body.append(text.name, text.value);
  return body;
}

async function sendCheck() {
  const number = ++asked;
  const headers = { "HX-Request": "true" };
  let answer;
  try {
    answer = await fetch(findForm().dataset.check, { method: "POST", body: readForm(), headers });
  } catch {
    return; // Generate shows the error
  }
  if (!answer.ok) return;
  forgetOrigin();
  if (number !== asked) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number === asked) show(drawn);
}

// A union and its chosen branch have the same pointer.
export const keyOfPart = (part) => `${part.matches(".field")} ${part.dataset.pointer}`;

// A part that moves out of the advanced settings may keep its position in the order.
const isFolded = (part) => part.closest("details.advanced") !== null;
const pointersIn = (root) =>
  [...root.querySelectorAll("[data-pointer]")]
    .map((part) => `${isFolded(part)} ${part.dataset.pointer}`)
    .join("\n");

function show(drawn) {
  if (pointersIn(drawn) !== pointersIn(findFields())) {
    const swap = { source: findFields(), target: "#fields", swap: "innerHTML" };
    window.htmx.ajax("POST", findForm().dataset.redraw, swap);
    return;
  }
  const parts = [...drawn.querySelectorAll("[data-pointer]")];
  const twins = new Map(parts.map((part) => [keyOfPart(part), part]));
  for (const reader of readers) reader(drawn, twins);
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (field && event.target.type !== "search") check();
});

document.addEventListener("change", (event) => {
  if (event.target.name === "seen_by") check(); // the draft stores it
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (!field || (event.target.name ?? "").startsWith("~")) return;
  check(isChoice(event.target) ? 0 : CHECK_MILLISECONDS); // no debounce for a choice, unlike for text
});
