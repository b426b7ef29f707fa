// A run is paid for: it is not sent before the files that belong to it are here.

import { isOfForm } from "./drawing.js";
import { show } from "./trouble.js";
import { whenSent } from "./uploads.js";

const FAILED =
  "A file could not be sent, so nothing was generated. Look at it, then press Generate again.";

document.addEventListener("htmx:confirm", async (event) => {
  const waiting = document.querySelectorAll("#form [data-busy]").length;
  if (!isOfForm(event) || !waiting) return;
  event.preventDefault();
  const files = waiting === 1 ? "a file" : `${waiting} files`;
  show("form", `Waiting for ${files} to arrive, then it is sent.`);
  const isComplete = await whenSent();
  show("form", isComplete ? "" : FAILED);
  if (isComplete) event.detail.issueRequest(true);
});
