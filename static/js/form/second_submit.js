// Handles a second press of Generate while a request is in progress: with the same inputs it is a double click
// and ignored, with other inputs it is sent after the first.

import { isAccepted, isOfForm } from "./drawing.js";

let sentInputs = ""; // the inputs of the request in progress
let next = null; // the button to submit with after it

function read(form) {
  const entries = [...new FormData(form)].filter(
    ([name]) => !["submission", "csrfmiddlewaretoken"].includes(name),
  );
  return JSON.stringify(entries.map(([name, value]) => [name, value.name ?? value]));
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.id !== "form") return;
    if (!form.classList.contains("htmx-request")) sentInputs = read(form);
    else if (read(form) !== sentInputs) next = event.submitter;
  },
  true,
);

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    next = null;
  });
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (!isOfForm(event) || !isAccepted(event)) return;
  const submitter = next;
  next = null;
  if (submitter?.isConnected) setTimeout(() => submitter.form.requestSubmit(submitter));
});
