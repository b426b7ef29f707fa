// While one types, the server is asked now and then what it says of the form. Each module that
// shows a part of its answer registers for it; Generate asks once more and has the last word.

import { findFields, findForm, isChoice } from "./controls.js";
import { isOfForm } from "./drawing.js";
import { forgetOrigin } from "./origin.js";

const CHECK_MILLISECONDS = 500;

let timer = 0; // of the next check
let asked = 0; // checks
const readers = [];
const writers = [];

/** Call `show` with each answer: the form as it is drawn now, and its parts by `keyOfPart`. */
export const onChecked = (show) => readers.push(show);

/** Call `add` with the data of each question, before it is sent. */
export const onAsking = (add) => writers.push(add);

/** Ask after a pause; another call within it starts the pause again. */
export function check(milliseconds = CHECK_MILLISECONDS) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    timer = 0;
    ask();
  }, milliseconds);
}

// A picture that becomes a reference is put into the draft: what was typed has to be in it before,
// and a check that comes later would write the form over it as it was.
document.addEventListener("submit", (event) => {
  const { target } = event;
  if (!timer || !target.action.endsWith?.("/reference/")) return;
  event.preventDefault();
  clearTimeout(timer);
  timer = 0;
  ask().finally(() => target.submit());
});

// What a check says of the form as it was would draw it once more, and a press would be dropped.
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

async function ask() {
  const number = ++asked;
  const headers = { "HX-Request": "true" };
  let answer;
  try {
    answer = await fetch(findForm().dataset.check, { method: "POST", body: readForm(), headers });
  } catch {
    return; // Generate will say it
  }
  if (!answer.ok) return;
  forgetOrigin();
  if (number !== asked) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number === asked) show(drawn);
}

// A union and what is in it have the same pointer.
export const keyOfPart = (part) => `${part.matches(".field")} ${part.dataset.pointer}`;

// A part that leaves the folded ones may keep its place in the order.
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
  if (event.target.name === "seen_by") check(); // it belongs to the draft
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (!field || (event.target.name ?? "").startsWith("~")) return;
  check(isChoice(event.target) ? 0 : CHECK_MILLISECONDS); // a choice is made, a text goes on
});
