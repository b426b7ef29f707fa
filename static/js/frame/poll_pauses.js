// Throttles polling. The header Poll-After of the last response sets the interval, which is longer while the
// server is busy. In a hidden tab only a board with the person's own runs in progress polls, every 5 seconds,
// because the title of the tab shows when a run ends.

const HIDDEN_MS = 5000;
const SLACK_MS = 50; // timers may fire early by this much
const began = new Map(); // time of the last request, by the id of the polling element
const due = new Map();

function isDue(id) {
  if (document.hidden && !(id === "live" && document.querySelector("[data-mine][data-busy]")))
    return false;
  const pause = document.hidden ? HIDDEN_MS : 0;
  return (
    performance.now() >= Math.max(due.get(id) ?? 0, (began.get(id) ?? -pause) + pause) - SLACK_MS
  );
}

document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent } = event.detail;
  if (triggeringEvent || !elt.getAttribute("hx-trigger")?.includes("every ")) return;
  if (isDue(elt.id)) began.set(elt.id, performance.now());
  else event.preventDefault();
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
  const pause = Number(xhr?.getResponseHeader("Poll-After"));
  if (pause && began.has(elt.id)) due.set(elt.id, began.get(elt.id) + pause);
});
