// What the viewer shows, on its page or in a dialog, and the order of what is done to it.

import { text } from "../texts.js";
import { toast } from "../toast.js";

export const findViewer = () => document.querySelector("#viewer");
/** What stays while one picture takes the place of another. */
export const findBox = () => findViewer().parentElement;
export const shownOutput = () => findViewer()?.dataset.output;
export const linkTo = (rel) => document.querySelector(`.viewer__turn[rel=${rel}]`);
export const isTrashed = () => findViewer().hasAttribute("data-trashed");
export const canEdit = () => Boolean(document.querySelector("#sorting"));

let chain = Promise.resolve();

/**
 * Do it when everything before it is done: what is pressed while the next picture is still on its
 * way is meant for that one.
 */
export function inOrder(action) {
  const fail = () => toast(text("notShown"));
  chain = chain.then(action).catch(fail);
  return chain;
}

const drawers = [];

/** Call `enhance` now, and whenever another picture is shown. */
export function onShow(enhance) {
  drawers.push(enhance);
  if (findViewer()) enhance();
}

/** Say that another picture is shown: here, and as htmx says it to what draws times and buttons. */
export function redraw() {
  for (const enhance of drawers) enhance();
  findViewer().dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: {} }));
}

/** Give the focus to the picture, or to the place of a player. */
export function focusPicture() {
  const place = document.querySelector(".viewer__canvas > img") ?? document.querySelector("#stage");
  place.focus({ preventScroll: true });
}
