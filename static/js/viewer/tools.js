// The buttons on the stage (zoom, full screen, details), and scrolling the filmstrip to the current picture.

import { findBox, onShow } from "./stage.js";
import { toggleZoom } from "./zoom.js";

const BARE = "viewer-bare"; // key in localStorage: the details are hidden

export const tools = {
  zoom: () => toggleZoom(),
  full: () =>
    document.fullscreenElement ? document.exitFullscreen() : findBox().requestFullscreen?.(),
  details: () => {
    findBox().toggleAttribute("data-bare");
    localStorage.setItem(BARE, findBox().hasAttribute("data-bare") ? "yes" : "");
    showDetails();
  },
};

function showDetails() {
  if (localStorage.getItem(BARE)) findBox().setAttribute("data-bare", "");
  const button = document.querySelector("[data-tool=details]");
  button?.setAttribute("aria-pressed", String(!findBox().hasAttribute("data-bare")));
}

function centreStrip() {
  const strip = document.querySelector(".filmstrip");
  const current = strip?.querySelector("[aria-current]");
  if (!current) return;
  const spare = strip.clientWidth - current.offsetWidth;
  strip.scrollLeft = current.offsetLeft - strip.offsetLeft - spare / 2;
}

document.addEventListener("click", (event) => {
  const tool = event.target.closest?.("[data-tool]");
  if (tool) tools[tool.dataset.tool]();
});

onShow(() => {
  showDetails();
  for (const part of document.querySelectorAll("#viewer [data-needs-script]")) part.hidden = false;
  centreStrip();
});
