// Scrolls and moves the focus after Generate.

import { isAccepted, isOfForm } from "./drawing.js";
import { clearErrors } from "./field_errors.js";

document.addEventListener("htmx:afterRequest", (event) => {
  if (isOfForm(event) && isAccepted(event)) clearErrors();
});

// On a phone the results are below the form: scroll to a new run.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id !== "hero") return;
  const card = event.detail.target.firstElementChild;
  const { top } = card.getBoundingClientRect();
  if (top > window.innerHeight * 0.8) card.scrollIntoView({ behavior: "smooth" });
});

// After an invalid form, focus the first error.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr?.status !== 422) return;
  const first = ".form-errors a, #variables [aria-invalid], #question input";
  document.querySelector(first)?.focus();
});
