// Delays Generate until all uploads have ended, and cancels it if one failed: without its files a run would
// waste money.

import { text } from "../texts.js";
import { isOfForm } from "./drawing.js";
import { show } from "./trouble.js";
import { whenUploaded } from "./uploads.js";

document.addEventListener("htmx:confirm", async (event) => {
  const count = document.querySelectorAll("#form [data-busy]").length;
  if (!isOfForm(event) || !count) return;
  event.preventDefault();
  show("form", text("waitingForFiles", { count }));
  const isComplete = await whenUploaded();
  show("form", isComplete ? "" : text("fileNotSent"));
  if (isComplete) event.detail.issueRequest(true);
});
