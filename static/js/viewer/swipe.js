// A swipe shows the previous or next picture. Pinching, and panning a zoomed picture, are no swipes.

import { enqueue } from "./stage.js";
import { turnTo } from "./turning.js";
import { isZoomed } from "./zoom.js";

const LEAST_PIXELS = 50;

let start = null;

document.addEventListener(
  "touchstart",
  (event) => {
    const isOnStage = event.target.closest?.("#stage") && event.touches.length === 1;
    const isPinched = (window.visualViewport?.scale ?? 1) > 1.05;
    start = isOnStage && !isZoomed() && !isPinched ? event.touches[0] : null;
  },
  { passive: true },
);

document.addEventListener("touchend", (event) => {
  if (!start) return;
  const end = event.changedTouches[0];
  const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
  const isSwipe = Math.abs(x) > LEAST_PIXELS && Math.abs(x) > 1.5 * Math.abs(y);
  if (isSwipe) enqueue(() => turnTo(x > 0 ? "prev" : "next"));
  start = null;
});
