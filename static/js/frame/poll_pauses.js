// Polls wait for as long as the answer before asked for: a busy server is asked more seldom. In a
// hidden tab only the board of one's own runs polls, and seldom: the title tells when one ends.

const HIDDEN_MS = 5000;
const SLACK_MS = 50; // of timers
const began = new Map(); // by the id of what polls
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
