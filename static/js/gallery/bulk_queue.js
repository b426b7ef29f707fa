// Bulk actions on their way to the server, in the order in which they were taken. None is lost: one
// that does not get through holds up the ones behind it until it does.

import { readText } from "../responses.js";
import { text } from "../texts.js";
import { hush, toast } from "../toast.js";

const PATIENCE_MS = 30_000; // after that the server counts as away, and the person can try again
const waiting = [];
let isUnderWay = false;
let isStuck = false;
const wake = [];

let address = ""; // kept for what is undone when the viewer, and its form, are closed

// Of a form that does the same without this script: of the grid, or of one picture.
function findAddress() {
  address = document.querySelector("#picked, [data-sort]")?.action ?? address;
  return address;
}
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

// When nothing is on its way any more, or nothing gets through.
export function idle() {
  if (!waiting.length || isStuck) return Promise.resolve();
  return new Promise((resolve) => {
    wake.push(resolve);
  });
}

export const isPending = (output) => waiting.some((action) => action.outputs.includes(output));

// Resolves with {message, undo}, or with null where the server refuses, which is shown.
export function submit(action, outputs, fields = {}) {
  return new Promise((resolve) => {
    waiting.push({ action, outputs, fields, resolve, target: findAddress() });
    work();
  });
}

async function post({ action, outputs, fields, target }) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", token());
  body.append("do", action);
  for (const output of outputs) body.append("output", output);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const headers = { "X-Requested-With": "fetch" };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(target, { method: "POST", body, headers, keepalive: true, signal });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.ok && isJson) return await answer.json();
  if (answer.status >= 500 || answer.ok) throw new Error(`${answer.status}`);
  return { refused: (await readText(answer)) || text("pageExpired") };
}

async function work() {
  if (isUnderWay) return;
  isUnderWay = true;
  const wasStuck = isStuck;
  if (wasStuck) hush();
  isStuck = false;
  while (waiting.length && !isStuck) {
    let answer = null;
    try {
      answer = await post(waiting[0]);
    } catch {
      isStuck = true;
      const words = text("notSavedYet", { count: waiting.length });
      toast(words, [[text("tryAgain"), work]], { stays: true });
      break;
    }
    const action = waiting.shift();
    if (answer.refused) toast(answer.refused);
    action.resolve(answer.refused ? null : answer);
  }
  if (wasStuck && !isStuck) toast(text("allSaved"));
  isUnderWay = false;
  for (const resolve of wake.splice(0)) resolve();
}

window.addEventListener("online", work);

// What is on its way gets through without the page; what waits behind it does not.
window.addEventListener("beforeunload", (event) => {
  if (isStuck || waiting.length > 1) event.preventDefault();
});
