// Goes from picture to picture, replacing only the element #viewer. The URL of each picture replaces the
// previous one in the history, so the Back button leaves the viewer.

import { announce } from "../announcement.js";
import { isPending, whenIdle } from "../gallery/bulk_queue.js";
import { text } from "../texts.js";
import { isPlainClick } from "./links.js";
import { forgetAllPages, forgetPage, load } from "./prefetch.js";
import { enqueue, findViewer, focusPicture, linkTo, redraw, shownOutput } from "./stage.js";
import { resetZoom } from "./zoom.js";

const LINKS = ".viewer__turn, .filmstrip__frame, #viewer a[data-viewer]";

let isUnderWay = false;
export const isTurning = () => isUnderWay;

/** Show the picture of a URL. */
export async function go(address) {
  const output = new URL(address, location.href).pathname.split("/").at(-2);
  if (isPending(output)) await whenIdle();
  const page = await load(address);
  forgetPage(address); // it may have changed when it is needed again
  if (!findViewer()) return; // closed while the page was loading
  const next = page.querySelector("#viewer");
  if (!next) {
    location.href = address;
    return;
  }
  const focus = findFocus();
  const isSame = shownOutput() === next.dataset.output; // drawn again after an action
  const menu = isSame && findOpenMenu();
  resetZoom();
  findViewer().replaceWith(document.importNode(next, true));
  if (menu) document.getElementById(menu)?.showPopover();
  document.title = next.dataset.title;
  if (address !== location.href) history.replaceState(history.state, "", address);
  if (focus) focusAgain(focus);
  redraw();
  if (!isSame) announce(next.dataset.title);
}

const findOpenMenu = () => findViewer().querySelector(":popover-open")?.id;

/** Return a selector for the focused element in the viewer, "" if the focus is elsewhere. */
function findFocus() {
  const active = document.activeElement;
  if (!findViewer().contains(active)) return "";
  if (active.rel) return `.viewer__turn[rel=${active.rel}]`;
  if (active.id) return `#${active.id}`;
  if (active.dataset.tool) return `[data-tool=${active.dataset.tool}]`;
  if (active.matches(".filmstrip__frame")) return ".filmstrip__frame[aria-current]";
  return "#stage";
}

function focusAgain(selector) {
  const found = document.querySelector(selector);
  found?.closest("details")?.setAttribute("open", ""); // for typing one more tag
  if (found && selector !== "#stage") found.focus({ preventScroll: true });
  else focusPicture();
}

export async function turnTo(rel) {
  const link = linkTo(rel);
  if (!link) {
    announce(text(rel === "next" ? "lastOne" : "firstOne"));
    return;
  }
  isUnderWay = true;
  try {
    await go(link.href);
  } finally {
    isUnderWay = false;
  }
}

/** Fetch the links to the previous and next picture again: an action may have changed them. */
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
  for (const part of [".viewer__place", ".filmstrip"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part)?.replaceWith(document.importNode(fresh, true));
  }
  redraw();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(LINKS);
  if (!link || !isPlainClick(event)) return;
  event.preventDefault();
  if (link.rel) enqueue(() => linkTo(link.rel) && go(linkTo(link.rel).href));
  else enqueue(() => go(link.href));
});
