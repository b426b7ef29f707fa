// Back to the page as it was left, where the viewer was opened from it.

import { idle } from "../gallery/bulk_queue.js";
import { countTurns } from "./turning.js";

export async function leave() {
  const back = document.querySelector("#back");
  const cameFrom = document.referrer ? new URL(document.referrer) : null;
  const isOurs = cameFrom?.origin === location.origin;
  const isKnown = back.dataset.from && isOurs && history.length > countTurns() + 1;
  await idle();
  if (isKnown) history.go(-1 - countTurns());
  else location.href = back.href;
}

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (!event.target.closest?.("#back[data-from]")) return;
  event.preventDefault();
  leave();
});
