// What is said when a request of the page gets no answer, or one that is an error.

import { renewToken } from "../csrf_token.js";
import { isText } from "../responses.js";
import { lookForLost } from "../runs/lost_runs.js";
import { isOfForm } from "./drawing.js";
import { show } from "./trouble.js";

const isGenerate = (event) =>
  isOfForm(event) && event.detail.pathInfo.requestPath === event.detail.elt.getAttribute("hx-post");

const REFUSED = {
  401:
    "You are logged out, so nothing was sent. Log in again in another tab, then press Generate " +
    "again. What you typed stays here.",
  403: "This page had gone stale, so nothing was sent. Press Generate again.",
};
// It is not known then whether the press got through; equal inputs with one token make one run.
const LOST =
  "What you typed is still here. You can press Generate again: the same inputs are paid for only " +
  "once.";

// A request that only looks, as the polls do, has sent nothing and lost nothing.
const LOOKED = {
  401:
    "You are logged out, so the results are not updated. Log in again in another tab, then reload " +
    "this page. Runs that were sent go on.",
};
const NO_ANSWER =
  "The playground does not answer, so the results are not updated. It is asked again. Runs that " +
  "were sent go on.";

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!isOfForm(event)) {
      show("news", NO_ANSWER);
    } else if (isGenerate(event)) {
      show("form", `No answer came. ${LOST}`);
      lookForLost();
    } else {
      show("form", "No answer came. What you typed is still here: try again.");
    }
  });
}

document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  const text = isText(event.detail.xhr) && status !== 401 ? responseText : ""; // as "too often"
  if (isOfForm(event)) showFormError(status, text, isGenerate(event));
  else {
    const failed = `The results could not be updated (${status}). This is tried again.`;
    show("news", text || LOOKED[status] || failed);
  }
});

async function showFormError(status, text, isGenerating) {
  const isUnknown = status >= 500 && isGenerating;
  if (text) show("form", text);
  else if (status === 401) show("form", REFUSED[401]);
  else if (status === 403) show("form", (await renewToken()) ? REFUSED[403] : REFUSED[401]);
  else if (isUnknown) show("form", `The playground had a fault (${status}). ${LOST}`);
  else show("form", `That did not work (${status}). What you typed is still here.`);
  if (isUnknown && !text) lookForLost();
}

document.addEventListener("lost:found", () => show("form", ""));

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) show(isOfForm(event) ? "form" : "news", "");
});
