// Zooms and pans all pictures together. The offsets are shares of the stage's size; all stages have the same
// size.

const list = document.querySelector("#compared[data-zoomable]");
const MAX_SCALE = 16;
const STEP = 1.5;
const FIT = { scale: 1, x: 0, y: 0 };
let at = FIT;

const clamp = (value, most) => Math.min(Math.max(value, -most), most);
export const isZoomed = () => at.scale !== 1;

/** Return the scale at which one pixel of the first picture is one pixel of the screen. */
function findOwnScale() {
  const image = list.querySelector("img");
  const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
  return Math.max(width / image.clientWidth, height / image.clientHeight) / devicePixelRatio;
}

/** Load the originals and replace the smaller copies with them, each when it is decoded. */
function loadOriginals() {
  for (const image of list.querySelectorAll("[data-original]")) {
    const { original } = image.dataset;
    delete image.dataset.original;
    const whole = Object.assign(new Image(), { src: original });
    const show = () => {
      image.removeAttribute("srcset");
      image.src = original;
    };
    whole.decode().then(show, () => {});
  }
}

function show({ scale, x, y }) {
  if (!list) return;
  const limit = Math.max(0, (scale - 1) / 2);
  at = { scale, x: clamp(x, limit), y: clamp(y, limit) };
  if (scale > 1) loadOriginals();
  list.toggleAttribute("data-zoomed", isZoomed());
  list.style.setProperty("--zoom", scale);
  list.style.setProperty("--x", `${at.x * 100}%`);
  list.style.setProperty("--y", `${at.y * 100}%`);
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  document.querySelector(".compare__level").value = percent.format(scale / findOwnScale());
}

export const fit = () => show(FIT);
export const moveBy = (x, y) => show({ ...at, x: at.x + x, y: at.y + y });

// Keeps the picture's point at [x, y] in place: shares of the stage's size, from its centre.
function zoomTo(scale, [x, y] = [0, 0]) {
  if (!list) return;
  const least = Math.min(1, findOwnScale());
  const next = Math.min(Math.max(scale, least), MAX_SCALE);
  const grown = next / at.scale;
  const isPast = (at.scale - 1) * (next - 1) < 0; // stops at scale 1, Fit, before passing it
  show(isPast ? FIT : { scale: next, x: x - (x - at.x) * grown, y: y - (y - at.y) * grown });
}

export const zoomBy = (factor, point) => zoomTo(at.scale * factor, point);
export const zoomIn = () => zoomBy(STEP);
export const zoomOut = () => zoomBy(1 / STEP);
/** Switch between Fit and the pictures' own size, or twice Fit if that size is hardly larger than Fit. */
export const toggleZoom = (point) =>
  isZoomed() ? fit() : zoomTo(findOwnScale() > 1.05 ? findOwnScale() : 2, point);

function pointOf({ target, clientX, clientY }) {
  const room = target.closest(".compared__stage").getBoundingClientRect();
  return [(clientX - room.left) / room.width - 0.5, (clientY - room.top) / room.height - 0.5];
}

const TOOLS = { in: zoomIn, out: zoomOut, fit, whole: () => zoomTo(findOwnScale()) };
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-zoom]");
  if (button) TOOLS[button.dataset.zoom]();
});

let drag = null; // the pointer's last position, and whether it moved
let pinch = null;

list?.addEventListener("pointerdown", (event) => {
  const isHeld = event.isPrimary && event.button === 0;
  if (!isHeld || !event.target.matches(".compared__canvas, .compared__canvas *")) return;
  drag = { x: event.clientX, y: event.clientY, hasMoved: false };
  if (isZoomed()) event.target.setPointerCapture(event.pointerId);
});
list?.addEventListener("pointermove", (event) => {
  if (!drag || pinch) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.hasMoved && Math.hypot(x, y) < 5) return;
  drag = { x: event.clientX, y: event.clientY, hasMoved: true };
  if (!isZoomed()) return;
  const { clientWidth, clientHeight } = event.target.closest(".compared__stage");
  moveBy(x / clientWidth, y / clientHeight);
});
list?.addEventListener("pointercancel", () => {
  drag = null;
});
list?.addEventListener("click", (event) => {
  if (drag && !drag.hasMoved) toggleZoom(pointOf(event));
  drag = null;
});

list?.addEventListener(
  "wheel",
  (event) => {
    if (!event.target.closest(".compared__stage")) return;
    if (event.deltaY >= 0 && !isZoomed() && !event.ctrlKey) return; // scrolls the page
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 300), pointOf(event));
  },
  { passive: false },
);

const spread = ([one, other]) =>
  Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
list?.addEventListener("touchstart", ({ touches }) => {
  if (touches.length === 2) pinch = { from: spread(touches), scale: at.scale };
});
list?.addEventListener(
  "touchmove",
  (event) => {
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault();
    zoomTo((pinch.scale * spread(event.touches)) / pinch.from, pointOf(event.touches[0]));
  },
  { passive: false },
);
list?.addEventListener("touchend", ({ touches }) => {
  if (touches.length < 2) pinch = null;
});
window.addEventListener("resize", () => show(at));
show(FIT);
