// Moves the focus after an edit of the form (add, remove, move) to the edited part. When the fields are drawn
// for another reason, the focus stays: htmx keeps it in elements with an id, this script in those without one.

import { CONTROLS, findParts } from "./controls.js";
import { isOfFields } from "./drawing.js";

const OPPOSITES = { up: "down", down: "up", add: "remove", remove: "add" };

let edit = ""; // the value of the clicked button, as "add /layers"
let restored = ""; // the pointer of the field whose earlier value was restored
let kind = ""; // the kind of the focused element
let place = -1; // its index among elements of this kind: the server draws no elements added by scripts

document.addEventListener("click", (event) => {
  const button =
    event.target instanceof Element ? event.target.closest('button[name="~do"]') : null;
  edit = button ? button.value : "";
  restored = event.target.closest?.('button[name="~back"]')?.value ?? "";
});

const kindOf = ({ tagName, name, className }) => `${tagName} ${Boolean(name)} ${className}`;
const findAlike = (kind) =>
  findParts("a, button, input, select, summary, textarea").filter((each) => kindOf(each) === kind);

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOfFields(event)) return;
  kind = kindOf(document.activeElement);
  place = findAlike(kind).indexOf(document.activeElement);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!isOfFields(event)) return;
  const isLost = place >= 0 && document.activeElement === document.body;
  if (isLost) findAlike(kind)[place]?.focus({ preventScroll: true });
  if (restored) findRestored()?.focus();
  restored = "";
  if (edit) findEdited()?.focus();
  edit = "";
});

const buttonOf = (value) =>
  findParts('button[name="~do"]').find((button) => button.value === value);

function findRestored() {
  const part = findParts("[data-pointer]").find((each) => each.dataset.pointer === restored);
  return part?.querySelector(CONTROLS);
}

function findEdited() {
  const space = edit.indexOf(" ");
  const [action, pointer] = [edit.slice(0, space), edit.slice(space + 1)];
  const above = pointer.slice(0, pointer.lastIndexOf("/"));
  return (
    (action === "add" && findAdded(pointer)) ||
    buttonOf(edit) ||
    buttonOf(`${OPPOSITES[action]} ${pointer}`) ||
    buttonOf(`add ${above}`)
  );
}

/** Return the first control of the row or part that was added last. */
function findAdded(pointer) {
  const row = findParts('input[type="hidden"]')
    .filter((mark) => mark.name === `~rows${pointer}`)
    .at(-1);
  const part = (row ?? buttonOf(`remove ${pointer}`))?.parentElement;
  return part?.querySelector("input:not([type=hidden]), textarea, select");
}
