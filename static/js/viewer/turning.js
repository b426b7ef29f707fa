// From picture to picture. Each is a page with an address; only the viewer in it is exchanged.

import { announce } from "../announcement.js";
import { idle, isPending } from "../gallery/bulk_queue.js";
import { forgetAllPages, forgetPage, load } from "./prefetch.js";
import { findViewer, inOrder, linkTo, redraw, shownOutput } from "./stage.js";
import { resetZoom } from "./zoom.js";

/** How often it was turned since the viewer was opened. */
export const countTurns = () => history.state?.turns ?? 0;

let isUnderWay = false;
export const isTurning = () => isUnderWay;

/** Show the page of a picture; `isBack` where the address is the browser's already. */
export async function go(address, isBack) {
  const output = new URL(address, location.href).pathname.split("/").at(-2);
  if (isPending(output)) await idle();
  const page = await load(address);
  forgetPage(address); // it is another when it is asked for again
  const next = page.querySelector("#viewer")?.cloneNode(true);
  if (!next) {
    location.href = address;
    return;
  }
  const focus = findFocus();
  resetZoom();
  findViewer().replaceWith(next);
  document.title = page.title;
  if (!isBack && address !== location.href) {
    history.pushState({ turns: countTurns() + 1 }, "", address);
  }
  if (focus) document.querySelector(focus)?.focus({ preventScroll: true });
  redraw();
  announce(page.title);
}

/** Return a selector of the control that has the focus, "" where another has it. */
function findFocus() {
  const active = document.activeElement;
  if (!findViewer().contains(active)) return "";
  if (active.rel) return `.viewer__turn[rel=${active.rel}]`;
  return active.dataset.tool ? `[data-tool=${active.dataset.tool}]` : "";
}

export async function turnTo(rel) {
  const link = linkTo(rel);
  if (!link) {
    announce(rel === "next" ? "That was the last one." : "That was the first one.");
    return;
  }
  isUnderWay = true;
  try {
    await go(link.href);
  } finally {
    isUnderWay = false;
  }
}

/** Ask for the neighbours again, which may be others after something was done. */
export async function refreshNeighbours() {
  forgetAllPages();
  const output = shownOutput();
  const page = await load(location.href);
  forgetPage(location.href);
  if (output !== shownOutput()) return;
  for (const old of document.querySelectorAll(".viewer__turn")) {
    const fresh = page.querySelector(`.viewer__turn[rel=${old.rel}]`);
    if (fresh) old.href = fresh.href;
    else old.remove();
  }
  redraw();
}

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target.closest?.(".viewer__turn");
  if (!link) return;
  event.preventDefault();
  inOrder(() => linkTo(link.rel) && go(linkTo(link.rel).href));
});

window.addEventListener("popstate", () => inOrder(() => go(location.href, true)));
