// Preserves state when the fields are drawn again: open parts, and what was typed after the request was sent.

import { allControls, findParts, keyOf, setState, stateOf } from "./controls.js";
import { isOfFields, isOfForm } from "./drawing.js";
import { check } from "./live_check.js";

let openBefore = [];
let sentStates = new Map();
let typedSince = [];

const summaryOf = (details) =>
  [...details.querySelector("summary").childNodes].find((node) => node.nodeType === 3)?.data.trim();
const nameOf = (details) =>
  summaryOf(details) +
  findParts("details")
    .filter((other) => summaryOf(other) === summaryOf(details))
    .indexOf(details);

const readStates = () => allControls().map((control) => [keyOf(control), stateOf(control)]);

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isOfForm(event)) sentStates = new Map(readStates());
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOfFields(event)) return;
  openBefore = findParts("details[open]").map(nameOf);
  typedSince = readStates().filter(
    ([key, state]) => sentStates.has(key) && sentStates.get(key) !== state,
  );
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!isOfFields(event)) return;
  for (const details of findParts("details")) {
    if (openBefore.includes(nameOf(details))) details.open = true;
  }
  const late = new Map(typedSince);
  for (const control of allControls()) {
    if (late.has(keyOf(control))) setState(control, late.get(keyOf(control)));
  }
  if (late.size) check();
});
