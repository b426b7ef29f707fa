// Updates the parts beside the fields after each check: price, draft, changes, variables.

import { refresh } from "../local_times.js";
import { differenceOf } from "./differences.js";
import { check, onChecked } from "./live_check.js";

const LIVE = ["#price", "#price-said", "#draft", "#changes", "#same", ".settings-fold__sum"];

onChecked((drawn) => {
  for (const selector of LIVE) show(drawn, selector);
  showVariables(drawn);
  refresh();
});

function show(drawn, selector) {
  const [now, shown] = [drawn.querySelector(selector), document.querySelector(selector)];
  if (!now || !shown || now.innerHTML === shown.dataset.sent) return;
  if (shown.contains(document.activeElement)) return;
  now.removeAttribute("hx-swap-oob");
  now.dataset.sent = now.innerHTML;
  now.open = shown.open;
  shown.replaceWith(now);
}

// Replaces the fields of the variables only when the texts contain other variables. Otherwise the entered
// values stay.
function showVariables(drawn) {
  const [now, shown] = [drawn.querySelector("#variables"), document.querySelector("#variables")];
  if (!now || !shown) return;
  if (now.dataset.signature === shown.dataset.signature) {
    const fields = now.querySelectorAll(":scope > .field");
    shown.querySelectorAll(".field").forEach((field, number) => {
      differenceOf(field)?.remove();
      field.append(...fields[number].querySelectorAll(":scope > .field__was"));
    });
    return;
  }
  now.removeAttribute("hx-swap-oob");
  shown.replaceWith(now);
}

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#variables")) return;
  event.target.removeAttribute("aria-invalid");
  event.target.removeAttribute("aria-describedby");
  event.target.parentElement.querySelector(".field__error")?.remove();
  check();
});
