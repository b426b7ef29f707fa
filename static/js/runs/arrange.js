// Arranges the runs of the board: up to three runs in progress and the newest finished run are large, further
// runs in progress are lines, all others are in the rows. The server uses the same rule. An open page is
// arranged only after an action of the person: a run that ends stays in its place, so that nothing moves
// unexpectedly.

const IN_HERO = 3;
const byAge = (one, other) => (one.dataset.at < other.dataset.at ? 1 : -1); // newest first

export const allRuns = () => [...document.querySelectorAll("#runs .run")];
const isBusy = (run) => run.matches("[data-busy], [aria-busy]");

/** Arrange all runs, those behind the button of new runs too. */
export function arrange() {
  for (const run of allRuns()) run.dataset.at ||= "~"; // an optimistic card has no time: sort it first
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

// Moves only runs that are in the wrong place: moving loses the focus and restarts videos.
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

// After Generate the response adds a run, so there may be one large run too many.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id === "hero") arrange();
});

// Arranges the runs that changed while the tab was hidden.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && document.querySelector("#runs")) arrange();
});
