// The parts of the viewer, on its own page or in a dialog, and the queue of its actions.

import { text } from "../texts.js";
import { toast } from "../toast.js";

export const findViewer = () => document.querySelector("#viewer");
/** Return the element around the viewer. It stays when another picture is shown. */
export const findBox = () => findViewer().parentElement;
export const shownOutput = () => findViewer()?.dataset.output;
export const linkTo = (rel) => document.querySelector(`.viewer__turn[rel=${rel}]`);
export const isTrashed = () => findViewer().hasAttribute("data-trashed");
export const canEdit = () => Boolean(document.querySelector("#sorting"));

let chain = Promise.resolve();

/**
 * Run an action after all earlier ones have ended. A key that is pressed while the next picture is still
 * loading then applies to that picture.
 */
export function enqueue(action) {
  const fail = () => toast(text("notShown"));
  chain = chain.then(action).catch(fail);
  return chain;
}

const drawers = [];

/** Call `enhance` now, and each time another picture is shown. */
export function onShow(enhance) {
  drawers.push(enhance);
  if (findViewer()) enhance();
}

/** Update everything after another picture is shown. The event of htmx updates times and copy buttons. */
export function redraw() {
  for (const enhance of drawers) enhance();
  findViewer().dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: {} }));
}

/** Move the focus to the picture, or to the stage if it has a player or a text. */
export function focusPicture() {
  const place = document.querySelector(".viewer__canvas > img") ?? document.querySelector("#stage");
  place.focus({ preventScroll: true });
}
