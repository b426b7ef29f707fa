// The queue of bulk actions. They are sent to the server one by one, in the order of the clicks. None is lost:
// if one cannot be sent, the queue stops until a retry succeeds.

import { readText } from "../responses.js";
import { text } from "../texts.js";
import { hideToast, toast } from "../toast.js";

const TIMEOUT_MS = 30_000; // then the toast offers "Try again"
const waiting = [];
let isUnderWay = false;
let isStuck = false;
const idleCallbacks = [];

let address = ""; // kept for Undo after the viewer, and with it its form, was closed

// The URL of the form that sends the action without JavaScript: the form of the grid, or of one picture.
function findAddress() {
  address = document.querySelector("#picked, [data-sort]")?.action ?? address;
  return address;
}
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

/** Resolve when the queue is empty or has stopped. */
export function whenIdle() {
  if (!waiting.length || isStuck) return Promise.resolve();
  return new Promise((resolve) => {
    idleCallbacks.push(resolve);
  });
}

export const isPending = (output) => waiting.some((action) => action.outputs.includes(output));

/** Queue an action. Resolves with {message, undo}, or with null if the server refuses, after a toast. */
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
  const signal = AbortSignal.timeout(TIMEOUT_MS);
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
  if (wasStuck) hideToast();
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
  for (const resolve of idleCallbacks.splice(0)) resolve();
}

window.addEventListener("online", work);

// The browser completes the request in progress after the page is closed (keepalive); queued ones would be
// lost.
window.addEventListener("beforeunload", (event) => {
  if (isStuck || waiting.length > 1) event.preventDefault();
});
