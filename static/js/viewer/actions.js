// Stars, tags and the trash. An action is taken on the picture that is shown when its turn comes,
// and saved later.

import { announce } from "../announcement.js";
import { idle, isPending, submit } from "../gallery/bulk_queue.js";
import { hush, toast } from "../toast.js";
import { forgetAllPages, forgetOutput } from "./prefetch.js";
import { canEdit, inOrder, isTrashed, linkTo, shownOutput } from "./stage.js";
import { go, refreshNeighbours } from "./turning.js";

const LAST_TAG = "last-tag"; // in the browser's storage

const done = []; // what can be taken back: {output, address, answer}, the answer a promise

async function apply(action, fields, movesOn) {
  if (!canEdit()) return;
  const [output, address] = [shownOutput(), location.href];
  forgetOutput(output);
  const answer = submit(action, [output], fields);
  done.push({ output, address, answer });
  answer.then((told) => showDone(action, output, told));
  const next = movesOn && (linkTo("next") ?? (action === "trash" && linkTo("prev")));
  if (next) await go(next.href);
  else {
    await idle();
    await go(address, true);
    if (movesOn) announce("That was the last one.");
  }
}

function showDone(action, output, told) {
  if (!told) return;
  forgetOutput(output);
  if (action === "trash") toast(told.told, [["Undo", undo]]);
  else announce(told.told);
  if (action === "trash" && output !== shownOutput()) refreshNeighbours().catch(() => {});
}

export const setStars = (count) => inOrder(() => apply(`stars ${count}`, {}, true));

export const moveToTrash = () =>
  inOrder(() => (isTrashed() ? undefined : apply("trash", {}, true)));

export const undo = () => inOrder(undoLast);

async function undoLast() {
  await idle();
  if (done.length && isPending(done.at(-1).output)) return; // it is said already that it waits
  const last = done.pop();
  const answer = await last?.answer;
  if (!answer) {
    announce("There is nothing to take back.");
    return;
  }
  hush();
  forgetAllPages();
  for (const step of answer.undo) submit(step.do, step.outputs);
  await idle();
  await go(last.address);
  announce("Taken back");
}

export function addTag(name) {
  const tag = name.trim();
  if (!tag) return;
  localStorage.setItem(LAST_TAG, tag);
  inOrder(() => apply("tag", { tag_name: tag }, true));
}

export function repeatTag() {
  const last = localStorage.getItem(LAST_TAG);
  if (last) addTag(last);
  else announce("There was no tag yet.");
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "sorting") return;
  const action = event.submitter?.value ?? "tag";
  if (action === "delete") return; // that is asked about on a page of its own
  event.preventDefault();
  const tag = event.target.elements.tag_name.value;
  if (action === "tag" && tag.trim()) localStorage.setItem(LAST_TAG, tag.trim());
  inOrder(() => apply(action, { tag_name: tag }, action === "trash"));
});

// Enter in the field presses the first button of the form, which is a star.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "tag") return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector("[value=tag]"));
});
