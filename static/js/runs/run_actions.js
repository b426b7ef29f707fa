// Sends actions on a run, each once; the button is busy until the response comes. The request belongs to a
// temporary element, because an update may change or remove the card. If no response comes, the card says so.

import { renewToken } from "../csrf_token.js";
import { element } from "../elements.js";
import { isText } from "../responses.js";
import { text } from "../texts.js";
import { findLostRuns } from "./lost_runs.js";

const TIMEOUT_MS = 30_000;
const underWay = new Set(); // URLs of the actions in progress
const messages = new Map(); // messages to show, by the URL of the action

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form.run-action") || event.defaultPrevented) return;
  if (underWay.has(form.action)) {
    event.preventDefault();
    return;
  }
  messages.delete(form.action);
  underWay.add(form.action);
  if (form.hasAttribute("data-in-place")) {
    event.preventDefault();
    send(form);
  } else setTimeout(end, TIMEOUT_MS, form.action); // a response replaces the page before that
  show();
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  underWay.clear();
  show();
});

function end(action) {
  underWay.delete(action);
  show();
}

function send(form) {
  const { action } = form;
  const fields = Object.fromEntries(new FormData(form));
  const source = element("span", { hidden: true });
  if (form.hasAttribute("data-creates-run")) source.dataset.ofRun = form.closest(".run")?.id ?? "";
  source.setAttribute("hx-request", JSON.stringify({ timeout: TIMEOUT_MS }));
  document.body.append(source);
  const finish = (said) => {
    if (said) messages.set(action, said);
    source.remove();
    end(action);
  };
  const unknown = () => {
    const isSafe = fields.submission || !form.hasAttribute("data-creates-run");
    finish(text(isSafe ? "actionUnanswered" : "newRunUnanswered"));
    findLostRuns();
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"])
    source.addEventListener(name, stopped(unknown));
  source.addEventListener(
    "htmx:responseError",
    stopped(({ xhr }) => readError(xhr).then((said) => (said ? finish(said) : unknown()))),
  );
  source.addEventListener(
    "htmx:afterRequest",
    stopped(({ successful }) => {
      if (successful) finish("");
    }),
  );
  window.htmx.ajax("POST", action, { source, swap: "none", values: fields }).catch(() => {}); // handled above
}

const stopped = (handle) => (event) => {
  event.stopPropagation();
  handle(event.detail);
};

// Returns the message of an error response; "" if it is unknown whether the action was done.
async function readError(xhr) {
  if (xhr.status === 401) return text("actionLoggedOut");
  if (isText(xhr)) return xhr.responseText;
  if (xhr.status === 403 && (await renewToken())) return text("actionOutdated");
  if (xhr.status === 404) return text("runGone");
  return "";
}

// Updates all buttons and messages. Called after each change of the page.
function show() {
  for (const form of document.querySelectorAll("form.run-action")) {
    const isBusy = underWay.has(form.action);
    for (const button of [...form.elements].filter((each) => each.type === "submit")) {
      button.toggleAttribute("aria-busy", isBusy);
      button.toggleAttribute("aria-disabled", isBusy);
      if (isBusy)
        for (const name of ["aria-busy", "aria-disabled"]) button.setAttribute(name, "true");
    }
    showMessage(form, messages.get(form.action) ?? "");
  }
  removeOldMessages();
}

// Removes messages whose button an update removed: the card itself shows the result then.
function removeOldMessages() {
  const actions = new Set(
    [...document.querySelectorAll("form.run-action")].map((form) => form.action),
  );
  for (const notice of document.querySelectorAll("[data-action-notice]")) {
    if (actions.has(notice.dataset.actionNotice)) continue;
    messages.delete(notice.dataset.actionNotice);
    notice.remove();
  }
}

function showMessage(form, said) {
  const place = form.closest("article");
  const shown = [...(place?.querySelectorAll("[data-action-notice]") ?? [])].find(
    (one) => one.dataset.actionNotice === form.action,
  );
  if (!place || shown?.textContent === said) return;
  shown?.remove();
  if (!said) return;
  const notice = element("p", { className: "notice", role: "alert", textContent: said });
  notice.dataset.kind = "failure";
  notice.dataset.actionNotice = form.action;
  place.append(notice);
}

// Removes the message of an action whose run was found after its response was lost.
document.addEventListener("lost:found", (event) => {
  for (const action of messages.keys())
    if (action.includes(event.detail.madeFrom)) messages.delete(action);
  show();
});

for (const name of ["htmx:afterSettle", "htmx:load"]) document.addEventListener(name, show);
