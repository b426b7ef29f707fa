// Scroll restoration. The URL says how many pages infinite scroll has loaded, so that going back loads them
// again. The history entry has the first visible tile and its position, because new pictures may be above it.

import { changePageAddress, storeInHistory } from "../page_address.js";
import { allTiles } from "./tiles.js";

const BAR_PIXELS = 60; // height of the bar at the top of the window
const PAUSE_MS = 120;

const keepsPlace = document.querySelector("[data-keeps-place]");
if (keepsPlace) {
  history.scrollRestoration = "manual";
  restorePosition();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const through = event.detail.target?.dataset?.through;
  if (!through) return;
  const more = new DOMParser().parseFromString(event.detail.serverResponse ?? "", "text/html");
  const end = more.querySelector("[data-through]")?.dataset.through ?? through;
  if (!end) return;
  changePageAddress((address) => {
    address.searchParams.set("through", end);
    address.hash = "";
    for (const back of document.querySelectorAll("#main [name=back]")) {
      if (back.form === document.querySelector("#picked")) {
        back.value = address.pathname + address.search;
      }
    }
  });
});

function keepPosition() {
  const seen =
    keepsPlace && allTiles().find((tile) => tile.getBoundingClientRect().bottom > BAR_PIXELS);
  if (!seen) return;
  const { top } = seen.getBoundingClientRect();
  storeInHistory({ tile: seen.id, top, y: scrollY });
}

let pause = null;
document.addEventListener(
  "scroll",
  () => {
    clearTimeout(pause);
    pause = setTimeout(keepPosition, PAUSE_MS);
  },
  { passive: true },
);
document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest?.("a")) keepPosition();
  },
  true,
);

function restorePosition() {
  const { tile, top, y } = history.state ?? {};
  const seen = tile && document.getElementById(tile);
  if (seen && y > 0) scrollBy({ top: seen.getBoundingClientRect().top - top, behavior: "instant" });
  else if (tile && y > 0) scrollTo(0, y);
  if (!tile && location.hash.startsWith("#tile-")) focusTile(location.hash.slice(1));
}

// Repeats it after the page is loaded, because the browser then scrolls to the fragment of the URL and removes
// the focus.
function focusTile(id) {
  const focus = () => {
    const link = document.getElementById(id)?.querySelector(".picture");
    link?.scrollIntoView({ block: "center", behavior: "instant" });
    link?.focus({ preventScroll: true });
  };
  focus();
  window.addEventListener("load", () => setTimeout(focus));
}
