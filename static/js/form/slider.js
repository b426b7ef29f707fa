// Connects a slider with the number field beside it: both show the same value.

import { onDraw } from "./drawing.js";

/** Set a slider to its number. Without a number it is dimmed and at its start value. */
function follow(slider, number) {
  slider.value = number.value || slider.dataset.start;
  slider.toggleAttribute("data-unset", !number.value);
}

function connect(slider) {
  const number = document.getElementById(slider.dataset.mirrors);
  slider.hidden = false;
  follow(slider, number);
  slider.addEventListener("input", () => {
    number.value = slider.value;
    number.dispatchEvent(new Event("input", { bubbles: true }));
  });
  slider.addEventListener("change", () =>
    number.dispatchEvent(new Event("change", { bubbles: true })),
  );
  number.addEventListener("input", () => follow(slider, number));
}

onDraw(() => {
  for (const slider of document.querySelectorAll("#fields input[data-mirrors][hidden]")) {
    connect(slider);
  }
});
