// Search by image: an image file is dropped anywhere on the page, or chosen. Without JavaScript the form
// beside the heading does the same.

import { announce } from "../announcement.js";
import { element } from "../elements.js";
import { readText } from "../responses.js";
import { text } from "../texts.js";

const form = document.querySelector("#by-picture"); // missing in the trash
const input = form?.querySelector("input[type=file]");
const problem = document.querySelector("#by-picture-problem");

const hint = element("p", { textContent: text("dropToSearch") });
const overlay = element("div", { className: "drop-overlay", hidden: true }, hint);
if (form) document.body.append(overlay);

function refuse(words) {
  problem.hidden = true;
  problem.textContent = words;
  problem.hidden = false; // hidden first, so that screen readers read it again
  problem.scrollIntoView({ block: "nearest" });
}

async function search(file) {
  if (form.dataset.busy !== undefined) return;
  const body = new FormData(form);
  body.set("file", file);
  problem.hidden = true;
  form.dataset.busy = "";
  announce(text("searching"));
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    const words = await readText(answer);
    if (answer.status === 204) {
      announce(text("found"));
      location.assign(answer.headers.get("Location"));
    } else refuse(words || text("searchFailed"));
  } catch {
    refuse(text("searchUnanswered"));
  } finally {
    delete form.dataset.busy;
    input.value = "";
  }
}

input?.addEventListener("change", () => {
  if (input.files.length) search(input.files[0]);
});

const hasFiles = (event) => form && event.dataTransfer?.types.includes("Files");

document.addEventListener("dragenter", (event) => {
  if (hasFiles(event)) overlay.hidden = false;
});

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
});

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) overlay.hidden = true; // the pointer left the window
});

document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault(); // or the browser would open the file
  overlay.hidden = true;
  if (event.dataTransfer.files.length) search(event.dataTransfer.files[0]);
});

// A tile cannot be dragged: browsers offer it as an image file, and dropping it would start a search.
document.addEventListener("dragstart", (event) => {
  if (form && event.target.closest?.(".tile")) event.preventDefault();
});
