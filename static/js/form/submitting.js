// What the form does beyond a plain form: keys, waiting for files, and words when nothing answers.

import "../local_times.js";
import "./fields.js";
import "../runs/morphing.js";
import "../runs/return_to_picture.js";
import "../runs/run_actions.js";
import { renewToken } from "../csrf_token.js";
import { lookForLost } from "../runs/lost_runs.js";
import { saysWords, whenSent } from "./uploads.js";

const isForm = (event) => event.detail.elt?.id === "form";
const isGenerate = (event) =>
  isForm(event) && event.detail.pathInfo.requestPath === event.detail.elt.getAttribute("hx-post");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.repeat || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target instanceof Element ? event.target.closest("#form") : null;
  if (!form) return;
  event.preventDefault();
  if (event.target.id === "pasted") form.querySelector('[name="fill"]').click();
  else form.requestSubmit(form.querySelector("#generate"));
});

// A run is paid for: it is not sent before the files that belong to it are here.

document.addEventListener("htmx:confirm", async (event) => {
  const waiting = document.querySelectorAll("#form [data-busy]").length;
  if (!isForm(event) || !waiting) return;
  event.preventDefault();
  say(
    "form",
    `Waiting for ${waiting === 1 ? "a file" : `${waiting} files`} to arrive, then it is sent.`,
  );
  const all = await whenSent();
  say(
    "form",
    all
      ? ""
      : "A file could not be sent, so nothing was generated. Look at it, then press Generate again.",
  );
  if (all) event.detail.issueRequest(true);
});

// A second press while one is on its way: of the same inputs it is a double click, of others it
// waits for its turn.

let underWay = "";
let next = null;

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
    if (!form.classList.contains("htmx-request")) underWay = read(form);
    else if (read(form) !== underWay) next = event.submitter;
  },
  true,
);

function sendNext() {
  const submitter = next;
  next = null;
  if (submitter?.isConnected) setTimeout(() => submitter.form.requestSubmit(submitter));
}

// What stands in the way, told apart by whether the form or the looking for news met it.

const said = { form: "", news: "" };

function say(where, words) {
  said[where] = words;
  const trouble = document.querySelector("#trouble");
  trouble.textContent = said.form || said.news;
  trouble.hidden = !trouble.textContent;
}

const REFUSED = {
  401:
    "You are logged out, so nothing was sent. Log in again in another tab, then press Generate again. " +
    "What you typed stays here.",
  403: "This page had gone stale, so nothing was sent. Press Generate again.",
};
// Whether the press got through is not known then; the same inputs with the same token make one run.
const LOST =
  "What you typed is still here. You can press Generate again: the same inputs are paid for only once.";

// A request that only looks, as the polls do, has sent nothing and lost nothing.
const LOOKED = {
  401:
    "You are logged out, so the results are not updated. Log in again in another tab, then reload " +
    "this page. Runs that were sent go on.",
};
const NO_ANSWER =
  "The playground does not answer, so the results are not updated. It is asked again. Runs that were sent go on.";

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    next = null;
    if (!isForm(event)) {
      say("news", NO_ANSWER);
      return;
    }
    if (!isGenerate(event)) {
      say("form", "No answer came. What you typed is still here: try again.");
      return;
    }
    say("form", `No answer came. ${LOST}`);
    lookForLost();
  });
}

document.addEventListener("htmx:responseError", async (event) => {
  const { status, responseText } = event.detail.xhr;
  const words = saysWords(event.detail.xhr) && status !== 401 ? responseText : ""; // another role, too often
  if (!isForm(event)) {
    say(
      "news",
      words ||
        LOOKED[status] ||
        `The results could not be updated (${status}). This is tried again.`,
    );
  } else if (words) {
    say("form", words);
  } else if (status === 401) {
    say("form", REFUSED[401]);
  } else if (status === 403) {
    say("form", (await renewToken()) ? REFUSED[403] : REFUSED[401]);
  } else {
    const isUnknown = status >= 500 && isGenerate(event);
    say(
      "form",
      isUnknown
        ? `The playground had a fault (${status}). ${LOST}`
        : `That did not work (${status}). What you typed is still here.`,
    );
    if (isUnknown) lookForLost();
  }
});

document.addEventListener("lost:found", () => say("form", ""));

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  say(isForm(event) ? "form" : "news", "");
  if (isForm(event) && event.detail.xhr.getResponseHeader("HX-Reswap") === "none") {
    forgetErrors();
    sendNext();
  }
});

function forgetErrors() {
  for (const part of document.querySelectorAll("#form .form-errors, #form .field__error"))
    part.remove();
  for (const control of document.querySelectorAll("#form [aria-invalid]"))
    control.removeAttribute("aria-invalid");
}

// On a phone the results stand below the form: bring a new run into sight.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id !== "runs") return;
  const { top } = event.detail.target.firstElementChild.getBoundingClientRect();
  if (top > window.innerHeight * 0.8)
    event.detail.target.firstElementChild.scrollIntoView({ behavior: "smooth" });
});

// After a refused form, the first thing that is wrong.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr?.status === 422)
    document.querySelector(".form-errors a, #variables [aria-invalid], #question input")?.focus();
});

function reveal() {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}

document.addEventListener("htmx:afterSettle", reveal);
reveal();
