// Adds a Reset button to each field whose value was changed since the form was opened.

import { text } from "../texts.js";
import { controlsOf, findForm, keyOf, setState, stateOf } from "./controls.js";
import { onDraw } from "./drawing.js";
import { restoreOptions } from "./searchable_select.js";

const opened = new Map(); // the first state of each control

function isChanged(control) {
  const key = keyOf(control);
  if (!opened.has(key)) opened.set(key, stateOf(control));
  return opened.get(key) !== stateOf(control);
}

// In a form that was opened from a run, the server marks the fields that differ from the run.
const isCompared = () => Boolean(findForm().querySelector("#changes [name=from]"));
const resetOf = (field) => field.querySelector(".field__reset");

function mark(field) {
  const isOther = controlsOf(field).map(isChanged).includes(true); // not some(): each state is stored
  if (field.matches(".prompt-block, .references")) return; // no Reset in the prompt box
  if (!isOther || isCompared()) resetOf(field)?.remove();
  else if (!resetOf(field)) addReset(field);
}

function addReset(field) {
  const reset = document.createElement("button");
  reset.type = "button";
  reset.className = "field__reset";
  reset.textContent = text("reset");
  const label = field.querySelector(".field__label");
  label.id ||= `${controlsOf(field)[0].id}-label`;
  reset.setAttribute("aria-describedby", label.id); // not aria-labelledby: the label names the control
  reset.addEventListener("click", () => restore(field));
  label.after(reset);
}

function restore(field) {
  const controls = controlsOf(field);
  for (const control of controls) {
    restoreOptions(control);
    setState(control, opened.get(keyOf(control)));
  }
  const first = controls.find((control) => control.checked) ?? controls[0];
  first.focus();
  first.dispatchEvent(new Event("input", { bubbles: true }));
  first.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (field && event.target.type !== "search") mark(field);
});

document.addEventListener("change", (event) => {
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (field && !(event.target.name ?? "").startsWith("~")) mark(field);
});

onDraw(() => {
  for (const field of document.querySelectorAll("#fields .field[data-pointer]")) mark(field);
});
