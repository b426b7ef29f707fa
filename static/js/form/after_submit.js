// Where the eyes and the focus go after Generate.

import { isAccepted, isOfForm } from "./drawing.js";
import { clearErrors } from "./field_errors.js";

document.addEventListener("htmx:afterRequest", (event) => {
  if (isOfForm(event) && isAccepted(event)) clearErrors();
});

// On a phone the results are below the form: bring a new run into sight.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id !== "hero") return;
  const card = event.detail.target.firstElementChild;
  const { top } = card.getBoundingClientRect();
  if (top > window.innerHeight * 0.8) card.scrollIntoView({ behavior: "smooth" });
});

// After a refused form, the first thing that is wrong.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr?.status !== 422) return;
  const first = ".form-errors a, #variables [aria-invalid], #question input";
  document.querySelector(first)?.focus();
});
