// What the form does beyond a plain form: keys, waiting for files, and words when nothing answers.

import "./clock.js";
import "./fields.js";
import { saysWords, whenSent } from "./files.js";

const isForm = (event) => event.detail.elt?.id === "form";

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
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
  say("form", `Waiting for ${waiting === 1 ? "a file" : `${waiting} files`} to arrive, then it is sent.`);
  const all = await whenSent();
  say("form", all ? "" : "A file could not be sent, so nothing was generated. Look at it, then press Generate again.");
  if (all) event.detail.issueRequest(true);
});

// What stands in the way, told apart by whether the form or the looking for news met it.

const said = { form: "", news: "" };

function say(where, words) {
  said[where] = words;
  const trouble = document.querySelector("#trouble");
  trouble.textContent = said.form || said.news;
  trouble.hidden = !trouble.textContent;
}

async function renewToken() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#form [name=csrfmiddlewaretoken]");
  if (fresh) for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = fresh.value;
  return Boolean(fresh);
}

const REFUSED = {
  401: "You are logged out, so nothing was sent. Log in again in another tab, then press Generate again. What you typed stays here.",
  403: "This page had gone stale, so nothing was sent. Press Generate again.",
};

document.addEventListener("htmx:sendError", (event) => {
  if (isForm(event)) say("form", "The playground does not answer, so nothing was sent. What you typed is still here: press Generate again in a moment.");
  else say("news", "The playground does not answer. It is asked again.");
});

document.addEventListener("htmx:responseError", async (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) {
    say("form", REFUSED[401]);
  } else if (saysWords(event.detail.xhr)) {
    say("form", event.detail.xhr.responseText); // another role meanwhile, too much, too often
  } else if (status === 403 && isForm(event)) {
    say("form", (await renewToken()) ? REFUSED[403] : REFUSED[401]);
  } else {
    say(isForm(event) ? "form" : "news", `That did not work (${status}). What you typed is still here.`);
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  say(isForm(event) ? "form" : "news", "");
  if (isForm(event) && event.detail.xhr.getResponseHeader("HX-Reswap") === "none") forgetErrors();
});

function forgetErrors() {
  for (const part of document.querySelectorAll("#form .form-errors, #form .field__error")) part.remove();
  for (const control of document.querySelectorAll("#form [aria-invalid]")) control.removeAttribute("aria-invalid");
}

// On a phone the results stand below the form: bring a new run into sight.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id !== "runs") return;
  const { top } = event.detail.target.firstElementChild.getBoundingClientRect();
  if (top > window.innerHeight * 0.8) event.detail.target.firstElementChild.scrollIntoView({ behavior: "smooth" });
});

// After a refused form, the first thing that is wrong.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.xhr?.status === 422) document.querySelector(".form-errors a, #variables [aria-invalid], #question input")?.focus();
});

function reveal() {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
}

document.addEventListener("htmx:afterSettle", reveal);
reveal();
