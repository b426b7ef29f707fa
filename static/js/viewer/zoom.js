// Zooms the picture at the pointer, and pans it by dragging.

const stage = () => document.querySelector("#stage");
const canvas = () => document.querySelector(".viewer__canvas");
const picture = () => document.querySelector(".viewer__canvas > img");
const MAX_SCALE = 12;
const FIT = { scale: 1, x: 0, y: 0 };
let at = { ...FIT };

export const isZoomed = () => at.scale > 1;

export function resetZoom() {
  at = { ...FIT };
  draw();
}

/** Return the picture's own width, and the width and height with which it fits the stage. */
function measure(image) {
  const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
  const fit = Math.min(image.clientWidth / width, image.clientHeight / height);
  return { own: width, width: width * fit, height: height * fit };
}

/** Switch between Fit and the picture's own size, or twice Fit if that is larger. */
export function toggleZoom(point) {
  const image = picture();
  if (!image) return;
  const { own, width } = measure(image);
  if (isZoomed()) resetZoom();
  else zoomBy(Math.min(Math.max(own / width, 2), MAX_SCALE), point);
}

export function zoomBy(factor, point = null) {
  if (!picture()) return;
  const scale = Math.min(Math.max(at.scale * factor, 1), MAX_SCALE);
  const [x, y] = point ?? [0, 0];
  const grown = scale / at.scale;
  at = scale === 1 ? { ...FIT } : { scale, x: x - (x - at.x) * grown, y: y - (y - at.y) * grown };
  draw();
}

/** Load the original and replace the smaller copy with it when it is decoded. */
function loadOriginal(image) {
  const { original } = image.dataset;
  if (!original) return;
  delete image.dataset.original;
  const whole = Object.assign(new Image(), { src: original });
  const show = () => {
    image.src = original;
  };
  whole.decode().then(show, () => {});
}

function draw() {
  const image = picture();
  if (!image) return;
  if (isZoomed()) loadOriginal(image);
  const room = stage().getBoundingClientRect();
  const { width, height } = measure(image);
  const spare = (side, shown) => Math.max(0, (shown * at.scale - side) / 2);
  const [right, down] = [spare(room.width, width), spare(room.height, height)];
  at.x = Math.min(Math.max(at.x, -right), right);
  at.y = Math.min(Math.max(at.y, -down), down);
  stage().toggleAttribute("data-zoom", isZoomed());
  const move = `translate(${at.x}px, ${at.y}px) scale(${at.scale})`;
  canvas().style.transform = isZoomed() ? move : "";
}

/** Whether a point of the stage is on the picture. */
function isOn([x, y]) {
  const { width, height } = measure(picture());
  return (
    Math.abs(x - at.x) <= (width * at.scale) / 2 && Math.abs(y - at.y) <= (height * at.scale) / 2
  );
}

// Returns the pointer's position in pixels from the centre of the stage.
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
  const isPicture = event.target === picture() && isOn(pointOf(event));
  if (isPicture && !drag?.hasMoved) toggleZoom(pointOf(event));
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
