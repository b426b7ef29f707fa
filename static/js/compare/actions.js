// Rates and tags pictures without leaving the page, then fetches their actions again.

import { submit } from "../gallery/bulk_queue.js";
import { text } from "../texts.js";
import { toast } from "../toast.js";

const list = document.querySelector("#compared");
const address = location.href; // the viewer changes location.href while it is open
let last = null; // the steps that undo the last action

async function refresh() {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement.id;
  for (const part of list.querySelectorAll(".compared__actions")) {
    const fresh = page.getElementById(part.id);
    if (fresh.outerHTML !== part.outerHTML) part.replaceWith(document.importNode(fresh, true));
  }
  const again = document.getElementById(focused);
  again?.closest("details")?.setAttribute("open", ""); // for typing one more tag
  again?.focus({ preventScroll: true });
}

async function apply(action, outputs, fields) {
  const answer = await submit(action, outputs, fields);
  if (!answer) return;
  last = answer.undo;
  toast(answer.message, last.length ? [[text("undo"), undo]] : []);
  await refresh();
}

export async function undo() {
  const steps = last ?? [];
  last = null;
  for (const step of steps) await submit(step.do, step.outputs);
  if (steps.length) toast(text("undone"));
  await refresh();
}

export const rate = (item, count) => apply(`stars ${count}`, [item.dataset.output]);

export function openTag(item) {
  const field = item.querySelector("[name=tag_name]");
  field?.closest("details").setAttribute("open", "");
  field?.focus();
}

list.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-sort]")) return;
  event.preventDefault();
  const action = (event.submitter ?? form.querySelector("[name=do]")).value;
  const { output, tag_name: tag } = form.elements;
  apply(action, [output.value], tag ? { tag_name: tag.value } : {});
});
document.addEventListener("viewer:done", refresh);
