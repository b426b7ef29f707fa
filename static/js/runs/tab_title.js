// Shows in the title of the tab the number of runs in progress, and a mark if a run ended while the tab was
// hidden. Shows a notification of the system too, if the person allowed it.

import { text } from "../texts.js";
import { allRuns } from "./arrange.js";

const words = document.title;
const states = new Map(); // states of the person's own runs, by element id
let mark = "";

const mine = () => allRuns().filter((run) => run.matches("[data-mine]"));
const stateOf = (run) => {
  if (run.matches("[data-busy]")) return "busy";
  return run.querySelector(".tile") ? "done" : "failed";
};

function writeTitle() {
  if (document.documentElement.hasAttribute("data-behind-viewer")) return; // the viewer sets the title
  const count = mine().filter((run) => stateOf(run) === "busy").length;
  const counted = count ? `(${count}) ` : "";
  document.title = `${counted}${mark}${words}`;
}

function update() {
  for (const run of mine()) {
    const state = stateOf(run);
    if (states.get(run.id) === "busy" && state !== "busy" && document.hidden) notify(run, state);
    states.set(run.id, state);
  }
  writeTitle();
}

function notify(run, state) {
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
  writeTitle();
});

// Only this button asks for the permission. It is hidden once the person has allowed or blocked it.
const button = document.querySelector("#notify");
function showButton() {
  if (button) button.hidden = window.Notification?.permission !== "default";
}
button?.addEventListener("click", async () => {
  await Notification.requestPermission();
  showButton();
});

for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"])
  document.addEventListener(name, update);
if (document.querySelector("#runs")) update();
showButton();
