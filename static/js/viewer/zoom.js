// A picture made larger where it is pointed at, and moved by dragging.

const stage = () => document.querySelector("#stage");
const picture = () => document.querySelector("#stage > img");
const MOST = 12;
const FIT = { scale: 1, x: 0, y: 0 };
let at = { ...FIT };

export const isZoomed = () => at.scale > 1;

export function resetZoom() {
  at = { ...FIT };
  draw();
}

// To its own size where the picture is pointed at, and back to fit.
export function toggleZoom(point) {
  const image = picture();
  if (!image) return;
  const full = Number(image.getAttribute("width")) / image.clientWidth;
  if (isZoomed()) resetZoom();
  else zoomBy(Math.min(Math.max(full, 2), MOST), point);
}

export function zoomBy(factor, point = null) {
  const image = picture();
  if (!image) return;
  const scale = Math.min(Math.max(at.scale * factor, 1), MOST);
  const [x, y] = point ?? [0, 0];
  const grown = scale / at.scale;
  at = scale === 1 ? { ...FIT } : { scale, x: x - (x - at.x) * grown, y: y - (y - at.y) * grown };
  draw();
}

function draw() {
  const image = picture();
  if (!image) return;
  const room = stage().getBoundingClientRect();
  const spare = (side, own) => Math.max(0, (own * at.scale - side) / 2);
  const [right, down] = [
    spare(room.width, image.clientWidth),
    spare(room.height, image.clientHeight),
  ];
  at.x = Math.min(Math.max(at.x, -right), right);
  at.y = Math.min(Math.max(at.y, -down), down);
  stage().toggleAttribute("data-zoom", isZoomed());
  image.style.transform = isZoomed() ? `translate(${at.x}px, ${at.y}px) scale(${at.scale})` : "";
}

// From the middle of the stage, in which the picture stands.
function pointOf(event) {
  const room = stage().getBoundingClientRect();
  return [event.clientX - room.left - room.width / 2, event.clientY - room.top - room.height / 2];
}

let drag = null;

document.addEventListener("pointerdown", (event) => {
  if (event.target !== picture() || event.button !== 0) return;
  drag = { x: event.clientX, y: event.clientY, from: { ...at }, hasMoved: false };
  if (isZoomed()) event.target.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  drag.hasMoved ||= Math.hypot(x, y) > 5;
  if (!isZoomed() || !drag.hasMoved) return;
  at = { ...at, x: drag.from.x + x, y: drag.from.y + y };
  draw();
});
document.addEventListener("pointercancel", () => {
  drag = null;
});
document.addEventListener("click", (event) => {
  if (event.target === picture() && !drag?.hasMoved) toggleZoom(pointOf(event));
  drag = null;
});
document.addEventListener(
  "wheel",
  (event) => {
    if (!event.ctrlKey || !event.target.closest?.("#stage")) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 300), pointOf(event));
  },
  { passive: false },
);
window.addEventListener("resize", draw);
