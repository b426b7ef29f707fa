// Actions on a run: each press is sent once, and acknowledged at its button until it is answered.
// The request does not belong to the card, which news may change or remove meanwhile, but to an
// element of its own; where no answer comes, that is said at the card.

import { renewToken } from "../csrf_token.js";
import { element } from "../elements.js";
import { isText } from "../responses.js";
import { text } from "../texts.js";
import { lookForLost } from "./lost_runs.js";

const PATIENCE_MS = 30_000;
const underWay = new Set(); // addresses
const words = new Map(); // what to say, by address

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form.run-action") || event.defaultPrevented) return;
  if (underWay.has(form.action)) {
    event.preventDefault();
    return;
  }
  words.delete(form.action);
  underWay.add(form.action);
  if (form.hasAttribute("data-in-place")) {
    event.preventDefault();
    send(form);
  } else setTimeout(end, PATIENCE_MS, form.action); // the browser leaves the page, if it gets an answer
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
  source.setAttribute("hx-request", JSON.stringify({ timeout: PATIENCE_MS }));
  document.body.append(source);
  const finish = (said) => {
    if (said) words.set(action, said);
    source.remove();
    end(action);
  };
  const unknown = () => {
    const isSafe = fields.submission || !form.hasAttribute("data-creates-run");
    finish(text(isSafe ? "actionUnanswered" : "newRunUnanswered"));
    lookForLost();
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"])
    source.addEventListener(name, stopped(unknown));
  source.addEventListener(
    "htmx:responseError",
    stopped(({ xhr }) => refused(xhr).then((said) => (said ? finish(said) : unknown()))),
  );
  source.addEventListener(
    "htmx:afterRequest",
    stopped(({ successful }) => {
      if (successful) finish("");
    }),
  );
  window.htmx.ajax("POST", action, { source, swap: "none", values: fields }).catch(() => {}); // said above
}

const stopped = (handle) => (event) => {
  event.stopPropagation();
  handle(event.detail);
};

// What an answer that is an error says; "" where it is not known whether the action was done.
async function refused(xhr) {
  if (xhr.status === 401) return text("actionLoggedOut");
  if (isText(xhr)) return xhr.responseText;
  if (xhr.status === 403 && (await renewToken())) return text("actionOutdated");
  if (xhr.status === 404) return text("runGone");
  return "";
}

// On the page as it is now

function show() {
  for (const form of document.querySelectorAll("form.run-action")) {
    const isBusy = underWay.has(form.action);
    for (const button of [...form.elements].filter((each) => each.type === "submit")) {
      button.toggleAttribute("aria-busy", isBusy);
      button.toggleAttribute("aria-disabled", isBusy);
      if (isBusy)
        for (const name of ["aria-busy", "aria-disabled"]) button.setAttribute(name, "true");
    }
    tell(form, words.get(form.action) ?? "");
  }
  forgetWhatIsSettled();
}

// News took the button away: the card itself shows what came of the press.
function forgetWhatIsSettled() {
  const actions = new Set(
    [...document.querySelectorAll("form.run-action")].map((form) => form.action),
  );
  for (const notice of document.querySelectorAll("[data-action-notice]")) {
    if (actions.has(notice.dataset.actionNotice)) continue;
    words.delete(notice.dataset.actionNotice);
    notice.remove();
  }
}

function tell(form, said) {
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

// A run that was looked for and found answers the press that made it.
document.addEventListener("lost:found", (event) => {
  for (const action of words.keys())
    if (action.includes(event.detail.madeFrom)) words.delete(action);
  show();
});

for (const name of ["htmx:afterSettle", "htmx:load"]) document.addEventListener(name, show);
