// Shows an error when a request of the page gets no response or an error response.

import { renewToken } from "../csrf_token.js";
import { isText } from "../responses.js";
import { findLostRuns } from "../runs/lost_runs.js";
import { text } from "../texts.js";
import { isOfForm } from "./drawing.js";
import { show } from "./trouble.js";

const isGenerate = (event) =>
  isOfForm(event) && event.detail.pathInfo.requestPath === event.detail.elt.getAttribute("hx-post");

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!isOfForm(event)) {
      // A request that only reads, such as polling, has lost nothing.
      show("news", text("newsUnanswered"));
    } else if (isGenerate(event)) {
      // The server may have received the request. Sending it again is safe: the same inputs with the same
      // submission token create one run.
      show("form", text("generateUnanswered"));
      findLostRuns();
    } else {
      show("form", text("formUnanswered"));
    }
  });
}

document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  const said = isText(event.detail.xhr) && status !== 401 ? responseText : ""; // such as a rate limit
  if (isOfForm(event)) showFormError(status, said, isGenerate(event));
  else show("news", said || text(status === 401 ? "newsLoggedOut" : "newsFailed", { status }));
});

async function showFormError(status, said, isGenerating) {
  const isUnknown = status >= 500 && isGenerating;
  if (said) show("form", said);
  else if (status === 403 && (await renewToken())) show("form", text("formOutdated"));
  else if (status === 401 || status === 403) show("form", text("formLoggedOut"));
  else show("form", text(isUnknown ? "generateFault" : "formFailed", { status }));
  if (isUnknown && !said) findLostRuns();
}

document.addEventListener("lost:found", () => show("form", ""));

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) show(isOfForm(event) ? "form" : "news", "");
});
