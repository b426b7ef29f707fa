// The buttons on the stage: zoom, full screen, details.

import { findMain, onShow } from "./stage.js";
import { toggleZoom } from "./zoom.js";

const BARE = "viewer-bare"; // in the browser's storage: without details

export const tools = {
  zoom: () => toggleZoom(),
  full: () =>
    document.fullscreenElement ? document.exitFullscreen() : findMain().requestFullscreen?.(),
  details: () => {
    findMain().toggleAttribute("data-bare");
    localStorage.setItem(BARE, findMain().hasAttribute("data-bare") ? "yes" : "");
    showDetails();
  },
};

function showDetails() {
  const main = findMain();
  if (localStorage.getItem(BARE)) main.setAttribute("data-bare", "");
  const button = document.querySelector("[data-tool=details]");
  button?.setAttribute("aria-pressed", String(!main.hasAttribute("data-bare")));
}

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  const tool = event.target.closest?.("[data-tool]");
  if (tool) tools[tool.dataset.tool]();
});

onShow(() => {
  showDetails();
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
});
