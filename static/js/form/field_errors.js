// Validates while a person types. Shows an error only at fields that were changed or have an error already.

import { controlsOf, findForm, findParts } from "./controls.js";
import { describe } from "./descriptions.js";
import { isOfFields } from "./drawing.js";
import { check, keyOfPart, onChecked } from "./live_check.js";

const touched = new Set(); // pointers of the fields that were changed

export const errorOf = (part) => part.querySelector(":scope > .field__error");

document.addEventListener("change", (event) => {
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (field && !(event.target.name ?? "").startsWith("~")) touched.add(field.dataset.pointer);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (isOfFields(event) && touched.size) check();
});

onChecked((drawn, twins) => {
  for (const part of findParts("[data-pointer]")) {
    const error = twins.get(keyOfPart(part))?.querySelector(":scope > .field__error");
    const isAsked = part.matches(".field") && (touched.has(part.dataset.pointer) || errorOf(part));
    if (isAsked || (!error && errorOf(part))) show(part, error);
  }
  updateSummary(drawn);
});

function show(field, error) {
  const shown = errorOf(field);
  if (shown?.textContent.trim() === error?.textContent.trim()) return;
  shown?.remove();
  if (error) field.append(error);
  field.classList.toggle(field.matches(".field") ? "field--bad" : "group--bad", Boolean(error));
  for (const control of controlsOf(field)) {
    if (error) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    describe(control, error?.id ?? shown.id, Boolean(error));
  }
}

/** Remove corrected errors from the summary above the form. */
function updateSummary(drawn) {
  const summary = findForm().querySelector(".form-errors");
  const left = [...drawn.querySelectorAll(".form-errors li")].map((line) => line.textContent);
  for (const line of summary?.querySelectorAll("li") ?? []) {
    if (!left.includes(line.textContent)) line.remove();
  }
  if (summary && !summary.querySelector("li")) summary.remove();
}

/** Remove all errors after the form was accepted. */
export function clearErrors() {
  for (const part of document.querySelectorAll("#form .form-errors, #form .field__error")) {
    part.remove();
  }
  for (const control of document.querySelectorAll("#form [aria-invalid]")) {
    control.removeAttribute("aria-invalid");
  }
}
