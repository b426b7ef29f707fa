// Finds the controls of the form, and reads and writes their state.

export const CONTROLS =
  "input:not([type=hidden], [type=file], [data-mirrors], [type=search]), textarea, select";

export const findForm = () => document.querySelector("#form");
export const findFields = () => document.querySelector("#fields");
export const findParts = (selector) => [...findFields().querySelectorAll(selector)];

export const allControls = () => findParts(CONTROLS).filter((control) => control.name);

// The controls of one field, without those of nested fields.
export const controlsOf = (field) =>
  [...field.querySelectorAll(CONTROLS)].filter(
    (control) => control.closest("[data-pointer]") === field && control.name,
  );

const isTick = (control) => control.type === "checkbox" || control.type === "radio";
export const isChoice = (control) => isTick(control) || control.matches("select");

export const keyOf = (control) =>
  isTick(control) ? `${control.name} ${control.value}` : control.name;
export const stateOf = (control) => (isTick(control) ? String(control.checked) : control.value);

export function setState(control, state) {
  if (isTick(control)) control.checked = state === "true";
  else control.value = state;
}
