// On a phone a run in progress is one line. When its picture comes, the line shows it small, so that nothing
// below moves. The next tap, key or return to the tab makes it large.

const phone = window.matchMedia("(max-width: 48rem)");

/** Whether a run stays a line for now; it then keeps the attribute data-busy. */
export function holdLine(run) {
  if (!run.matches(".hero > [data-busy]") || !phone.matches || document.hidden) return false;
  run.dataset.held = "";
  return true;
}

function showLarge() {
  for (const run of document.querySelectorAll("[data-held].run")) {
    run.removeAttribute("data-held");
    run.removeAttribute("data-busy");
  }
}

for (const name of ["click", "keydown", "visibilitychange"])
  document.addEventListener(name, () => setTimeout(showLarge));
