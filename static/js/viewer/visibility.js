// Sends "Make private" and "Share with workspace" without leaving the viewer. Without JavaScript they lead to
// the page of the run.

import { announce } from "../announcement.js";
import { readText } from "../responses.js";
import { text } from "../texts.js";
import { toast } from "../toast.js";
import { forgetAllPages } from "./prefetch.js";
import { enqueue } from "./stage.js";
import { go } from "./turning.js";

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("form[data-visibility]")) return;
    event.preventDefault();
    event.stopPropagation();
    const body = new FormData(form);
    form.closest("[popover]").hidePopover();
    enqueue(() => change(form.action, body, form.textContent.trim()));
  },
  true,
);

async function change(action, body, words) {
  const headers = { "X-Requested-With": "fetch" };
  const answer = await fetch(action, { method: "POST", body, headers, redirect: "manual" });
  if (answer.type !== "opaqueredirect") {
    toast((await readText(answer)) || text("pageOutdated"));
    return;
  }
  const [run, act] = new URL(action).pathname.split("/").slice(-3);
  document.dispatchEvent(
    new CustomEvent("viewer:seen", { detail: { run, isPrivate: act === "hide" } }),
  );
  forgetAllPages();
  await go(location.href);
  announce(words);
}
