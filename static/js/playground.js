// What the form does beyond a plain form: keys, files, and words when nothing answers.

import "./clock.js";
import "./fields.js";
import "./files.js";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target instanceof Element ? event.target.closest("#form") : null;
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("#generate"));
});

function reveal() {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}

function show(words) {
  const trouble = document.querySelector("#trouble");
  trouble.textContent = words;
  trouble.hidden = !words;
}

document.addEventListener("htmx:sendError", () => {
  show("The playground does not answer. What you typed is still here; it is tried again.");
});
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  show(status === 403 ? "This page is out of date. Reload it; what you typed stays." : `That did not work (${status}). What you typed is still here.`);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) show("");
});
document.addEventListener("htmx:afterSettle", reveal);

// On a phone the results stand below the form: bring a new run into sight.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id !== "runs") return;
  const run = event.detail.target.firstElementChild;
  const { top } = run.getBoundingClientRect();
  if (top > window.innerHeight * 0.8) run.scrollIntoView({ behavior: "smooth", block: "start" });
});

// After a refused form, the first thing that is wrong.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr?.status === 422) document.querySelector(".form-errors")?.focus();
});

reveal();
