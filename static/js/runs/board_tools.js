// The buttons at the top of the board: Select, and the one that dismisses the note about the demo.

import { setCookie } from "../cookies.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#select, #dismiss-note");
  if (button?.id === "select") select(button);
  if (button?.id !== "dismiss-note") return;
  event.preventDefault();
  setCookie("demo_note", "off");
  document.querySelector("#demo-note").remove();
  document.querySelector("#select").focus({ preventScroll: true });
});

function select(button) {
  const isOn = button.ariaPressed !== "true";
  button.ariaPressed = String(isOn);
  document.querySelector(".board").toggleAttribute("data-selecting", isOn);
  if (isOn) return;
  for (const box of document.querySelectorAll("#runs .tile__pick :checked")) box.click();
}
