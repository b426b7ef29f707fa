// What follows the form beside its fields: the price, the draft, the changes, the variables.

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

// With other variables in the texts there is another form for them; what is entered in it stays
// while they are the same.
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
