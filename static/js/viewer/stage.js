// What the viewer shows, and the order of what is done to it.

import { toast } from "../toast.js";

export const findMain = () => document.querySelector("#main");
export const findViewer = () => document.querySelector("#viewer");
export const shownOutput = () => findViewer().dataset.output;
export const linkTo = (rel) => document.querySelector(`.viewer__turn[rel=${rel}]`);
export const isTrashed = () => findViewer().hasAttribute("data-trashed");
export const canEdit = () => Boolean(document.querySelector("#sorting"));

let chain = Promise.resolve();

/**
 * Do it when everything before it is done: what is pressed while the next picture is still on its
 * way is meant for that one.
 */
export function inOrder(act) {
  const fail = () => toast("This could not be shown: the server does not answer.");
  chain = chain.then(act).catch(fail);
}

const drawers = [];

/** Call `enhance` now, and whenever another picture is shown. */
export function onShow(enhance) {
  drawers.push(enhance);
  enhance();
}

export function redraw() {
  for (const enhance of drawers) enhance();
}
