// Keeps runs that colleagues started behind a button with their number, so that nothing moves.

import { text } from "../texts.js";
import { arrange } from "./arrange.js";

const button = document.querySelector("#show-arrivals");

function show() {
  const count = document.querySelectorAll("#arrivals > .run").length;
  button.hidden = !count;
  button.textContent = text("arrivals", { count });
}

if (button) {
  document.addEventListener("htmx:oobAfterSwap", show);
  button.addEventListener("click", () => {
    arrange();
    show();
    document.querySelector("#hero a, #rows a")?.focus({ preventScroll: true });
  });
}
