// Runs that colleagues started wait behind a button that counts them, so that nothing moves.

import { arrange } from "./arrange.js";

const button = document.querySelector("#show-arrivals");

function show() {
  const count = document.querySelectorAll("#arrivals > .run").length;
  button.hidden = !count;
  button.textContent = `${count} new`;
}

if (button) {
  document.addEventListener("htmx:oobAfterSwap", show);
  button.addEventListener("click", () => {
    arrange();
    show();
    document.querySelector("#hero a, #rows a")?.focus({ preventScroll: true });
  });
}
