// The title of the tab counts the runs in progress, and marks what ended while the tab was hidden; the
// system notifies of it if the person asked for that.

import { text } from "../texts.js";
import { allRuns } from "./arrange.js";

const words = document.title;
const states = new Map(); // of the person's own runs, by id
let mark = "";

const mine = () => allRuns().filter((run) => run.matches("[data-mine]"));
const stateOf = (run) => {
  if (run.matches("[data-busy]")) return "busy";
  return run.querySelector(".tile") ? "done" : "failed";
};

function write() {
  if (document.documentElement.hasAttribute("data-behind-viewer")) return; // it has the title
  const count = mine().filter((run) => stateOf(run) === "busy").length;
  const counted = count ? `(${count}) ` : "";
  document.title = `${counted}${mark}${words}`;
}

function look() {
  for (const run of mine()) {
    const state = stateOf(run);
    if (states.get(run.id) === "busy" && state !== "busy" && document.hidden) tell(run, state);
    states.set(run.id, state);
  }
  write();
}

function tell(run, state) {
  if (mark !== "✗ ") mark = state === "done" ? "✓ " : "✗ ";
  if (window.Notification?.permission !== "granted") return;
  const prompt = run.querySelector(".caption__words").textContent;
  const title = state === "done" ? text("done") : run.querySelector(".strip__what")?.textContent;
  const shown = new Notification(title ?? text("failed"), { body: prompt, tag: run.id });
  shown.addEventListener("click", () => window.focus());
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  mark = "";
  write();
});

// It is asked for by this button alone, and only where nothing was answered yet.
const button = document.querySelector("#notify");
function offer() {
  if (button) button.hidden = window.Notification?.permission !== "default";
}
button?.addEventListener("click", async () => {
  await Notification.requestPermission();
  offer();
});

for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) document.addEventListener(name, look);
if (document.querySelector("#runs")) look();
offer();
