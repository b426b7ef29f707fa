// Opens the viewer in a modal dialog over the page: a[data-viewer]. The URL becomes that of the picture, so
// the Back button closes the dialog, and a reload shows the page of the picture.

import { element } from "../elements.js";
import { isPlainClick, LINK, PICTURE } from "./links.js";
import { forgetAllPages, forgetPage, load } from "./prefetch.js";
import { enqueue, findViewer, focusPicture, redraw, shownOutput } from "./stage.js";
import { go } from "./turning.js";
import { resetZoom } from "./zoom.js";

let dialog = null;
let opener = null;
let title = "";

export const isInDialog = () => Boolean(dialog);

function makeDialog(parts) {
  const box = element("div", { className: "viewer__box" }, ...parts);
  const status = element("p", { className: "visually-hidden", role: "status" });
  status.dataset.announcement = "";
  const made = element("dialog", { className: "viewer" }, box, status);
  made.setAttribute("aria-labelledby", "viewer-title");
  made.addEventListener("cancel", (event) => {
    if (event.target !== made) return;
    event.preventDefault();
    close();
  });
  made.addEventListener("close", () => {
    if (dialog === made) close(); // the browser may close it without a cancel event
  });
  made.addEventListener("click", (event) => {
    if (event.target === made) close(); // on the backdrop
  });
  made.addEventListener("keydown", (event) => event.stopPropagation()); // no shortcuts of the page behind
  return made;
}

/** Stop the page behind from scrolling. Padding replaces its scroll bar, so that nothing moves. */
function lockScroll() {
  const root = document.documentElement;
  document.body.style.paddingInlineEnd = `${innerWidth - root.clientWidth}px`;
  root.setAttribute("data-behind-viewer", "");
}

/** Open the dialog with the picture of a URL. */
async function open(address, { isInHistory = false } = {}) {
  const page = await load(address);
  forgetPage(address);
  if (dialog) return;
  if (!page.querySelector("#viewer")) {
    location.href = address;
    return;
  }
  title = document.title;
  dialog = makeDialog([...document.importNode(page.body, true).children]);
  document.body.append(dialog);
  lockScroll();
  dialog.showModal();
  if (!isInHistory) history.pushState({ viewer: true }, "", address);
  document.title = findViewer().dataset.title;
  redraw();
  focusPicture();
}

/** Remove the dialog, restore the page, and move the focus to the picture shown last. */
function hide() {
  const [output, closed] = [shownOutput(), dialog];
  resetZoom();
  dialog = null;
  for (const toast of closed.querySelectorAll(".toast"))
    document.querySelector("#main").append(toast);
  if (closed.open) closed.close();
  closed.remove();
  document.documentElement.removeAttribute("data-behind-viewer");
  document.body.style.paddingInlineEnd = "";
  document.title = title;
  forgetAllPages();
  const links = [...document.querySelectorAll(LINK)];
  const seen = links.find((link) => link.pathname.includes(output));
  const tile = [seen, opener].find((link) => link?.isConnected && link.checkVisibility());
  tile?.scrollIntoView({ block: "nearest" });
  tile?.focus({ preventScroll: true });
}

export function close() {
  if (!dialog) return;
  const isOurs = PICTURE.test(location.pathname);
  hide();
  if (isOurs) history.back();
}

document.addEventListener("pointerdown", (event) => {
  const link = event.target.closest?.(LINK);
  if (!link || !isPlainClick(event)) return;
  forgetPage(link.href);
  load(link.href).catch(() => {});
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(LINK);
  if (!link || event.defaultPrevented || !isPlainClick(event)) return;
  event.preventDefault();
  opener = link;
  open(link.href).catch(() => {
    location.href = link.href;
  });
});

function openAgain() {
  open(location.href, { isInHistory: true }).catch(() => location.reload());
}

window.addEventListener("popstate", () => {
  const isPicture = PICTURE.test(location.pathname);
  const isShown = shownOutput() && location.pathname.includes(shownOutput());
  if (isPicture && isShown) return;
  if (isPicture && findViewer()) enqueue(() => go(location.href));
  else if (isPicture) openAgain();
  else if (dialog) hide();
  else if (findViewer()) location.reload(); // on the page of a picture, whose URL another page has now
});
// The Forward button led to a picture before this script was loaded.
if (PICTURE.test(location.pathname) && !findViewer()) openAgain();
