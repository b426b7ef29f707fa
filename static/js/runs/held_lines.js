// On a phone what is in progress is one line. When its picture comes, the line shows it small, and
// everything below stays where it is; it becomes large with the next tap, key or return to the page.

const phone = window.matchMedia("(max-width: 48rem)");

/** Whether a run stays a line for now: then it keeps its mark. */
export function holdLine(run) {
  if (!run.matches(".hero > [data-busy]") || !phone.matches || document.hidden) return false;
  run.dataset.held = "";
  return true;
}

function letGo() {
  for (const run of document.querySelectorAll("[data-held].run")) {
    run.removeAttribute("data-held");
    run.removeAttribute("data-busy");
  }
}

for (const name of ["click", "keydown", "visibilitychange"])
  document.addEventListener(name, () => setTimeout(letGo));
