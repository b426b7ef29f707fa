// Where each run of the board is: those in progress and the newest finished one are large, more in
// progress are lines, all others are in the rows. The server lays a page out by the same rule. An
// open page does so only when a person does something: what has ended stays in its place, so that
// nothing moves under the eyes.

const IN_HERO = 3;
const byAge = (one, other) => (one.dataset.at < other.dataset.at ? 1 : -1); // the newest first

export const allRuns = () => [...document.querySelectorAll("#runs .run")];
const isBusy = (run) => run.matches("[data-busy], [aria-busy]");

/** Put all runs where they belong, those that waited to be shown as well. */
export function arrange() {
  for (const run of allRuns()) run.dataset.at ||= "~"; // the place of a run that is just sent
  const runs = allRuns().sort(byAge);
  const busy = runs.filter(isBusy);
  const newest = runs.find((run) => !isBusy(run) && run.querySelector(".tile"));
  const isFirstPage = !new URLSearchParams(location.search).has("before");
  const large = [...busy.slice(-IN_HERO), ...(newest && isFirstPage ? [newest] : [])];
  const lines = busy.slice(0, -IN_HERO);
  fill("#hero", large);
  fill("#lines", lines);
  fill(
    "#rows",
    runs.filter((run) => !large.includes(run) && !lines.includes(run)),
  );
}

// Only what is not in its place is moved: what is moved would lose the focus, and a video its place.
function fill(selector, runs) {
  const list = document.querySelector(selector);
  const focused = document.activeElement;
  let next = list.firstElementChild;
  for (const run of runs) {
    while (next && !runs.includes(next)) next = next.nextElementSibling;
    if (run === next) next = next.nextElementSibling;
    else move(list, run, next);
  }
  if (focused !== document.activeElement && focused.isConnected)
    focused.focus({ preventScroll: true });
}

function move(list, run, next) {
  if (list.moveBefore && run.isConnected) list.moveBefore(run, next);
  else list.insertBefore(run, next);
}

// The answer to a press brings the run; with those that are there it may be one too many.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "hero") arrange();
});

// The page was not visible meanwhile.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.querySelector("#runs")) arrange();
});
