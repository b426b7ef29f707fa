// Stars, tags, collections and the trash. An action applies to the picture that is shown when its turn in the
// queue comes; its request is sent later. The event "viewer:done" updates the tiles of the page behind.

import { announce } from "../announcement.js";
import { isPending, submit, whenIdle } from "../gallery/bulk_queue.js";
import { text } from "../texts.js";
import { hideToast, toast } from "../toast.js";
import { forgetAllPages, forgetOutput } from "./prefetch.js";
import { canEdit, enqueue, findViewer, isTrashed, linkTo, shownOutput } from "./stage.js";
import { go, refreshNeighbours } from "./turning.js";

const LAST_TAG = "last-tag"; // key in localStorage

const done = []; // actions that can be undone: {output, address, answer}; answer is a promise

async function apply(action, fields, movesOn) {
  if (!canEdit()) return;
  const [output, address] = [shownOutput(), location.href];
  forgetOutput(output);
  const answer = submit(action, [output], fields);
  done.push({ output, address, answer });
  answer.then((result) => showDone(action, output, result));
  const next = movesOn && (linkTo("next") ?? (action === "trash" && linkTo("prev")));
  if (next) await go(next.href);
  else {
    await whenIdle();
    await go(address);
    if (movesOn) announce(text("lastOne"));
  }
}

function showDone(action, output, result) {
  if (!result) return;
  forgetOutput(output);
  tellPage(action, [output]);
  if (action === "trash") toast(result.message, [[text("undo"), undo]]);
  else announce(result.message);
  const isGone = action === "trash" && findViewer() && output !== shownOutput();
  if (isGone) refreshNeighbours().catch(() => {});
}

function tellPage(action, outputs) {
  document.dispatchEvent(new CustomEvent("viewer:done", { detail: { action, outputs } }));
}

export const setStars = (count) => enqueue(() => apply(`stars ${count}`, {}, true));

export const moveToTrash = () =>
  enqueue(() => (isTrashed() ? undefined : apply("trash", {}, true)));

export const undo = () => enqueue(undoLast);

async function undoLast() {
  await whenIdle();
  if (done.length && isPending(done.at(-1).output)) return; // not sent yet: a toast says so already
  const last = done.pop();
  const answer = await last?.answer;
  if (!answer) {
    announce(text("nothingToUndo"));
    return;
  }
  hideToast();
  forgetAllPages();
  for (const step of answer.undo) {
    submit(step.do, step.outputs).then((result) => result && tellPage(step.do, step.outputs));
  }
  await whenIdle();
  if (findViewer()) await go(last.address);
  announce(text("undone"));
}

export function addTag(name) {
  const tag = name.trim();
  if (!tag) return;
  localStorage.setItem(LAST_TAG, tag);
  enqueue(() => apply("tag", { tag_name: tag }, true));
}

export function repeatTag() {
  const last = localStorage.getItem(LAST_TAG);
  if (last) addTag(last);
  else announce(text("noTagYet"));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("#viewer form[data-sort]")) return;
  const action = event.submitter?.value ?? form.querySelector("button[name=do]").value;
  if (action === "delete") return; // has its own page, which asks for confirmation
  event.preventDefault();
  const fields = Object.fromEntries(
    [...new FormData(form)].filter(([name]) => name.endsWith("_name")),
  );
  if (action === "tag") localStorage.setItem(LAST_TAG, fields.tag_name.trim());
  enqueue(() => apply(action, fields, action === "trash"));
});
