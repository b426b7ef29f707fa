// Closes the viewer: goes to the page behind the dialog, or to the page that the viewer was opened from.

import { whenIdle } from "../gallery/bulk_queue.js";
import { close, isInDialog } from "./dialog.js";
import { isPlainClick } from "./links.js";

export async function leave() {
  if (isInDialog()) {
    close();
    return;
  }
  const back = document.querySelector("#back");
  const cameFrom = document.referrer ? new URL(document.referrer) : null;
  const isKnown = back.dataset.from && cameFrom?.origin === location.origin && history.length > 1;
  await whenIdle();
  if (isKnown) history.back();
  else location.href = back.href;
}

document.addEventListener("click", (event) => {
  const back = event.target.closest?.("#back");
  if (!back || !isPlainClick(event) || !(isInDialog() || back.dataset.from)) return;
  event.preventDefault();
  leave();
});
