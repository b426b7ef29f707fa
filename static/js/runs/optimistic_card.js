// A run that was asked for has its place among the results at once, in the shape that its pictures
// will have. On a slow line the answer would move all results at a moment when nobody expects it.
// How many pictures come, and in what shape, is told as playground/runs/pages/board.py tells it.

const WAIT_MILLISECONDS = 120; // an answer as quick as that needs no place held for it
const FRAME_SIDE = 4096;
const MOST_PLACES = 15;
const USUAL_GROUP = 4;
const GROUPED = "/sequential_image_generation";
const RATIO = /^(\d{1,5})\s*[:x×*]\s*(\d{1,5})$/i;

let place = null;
let timer = 0;
let pending = null; // the request that the place is held for

const isPress = (element, submitter) =>
  element.id === "form"
    ? submitter && !submitter.name && !submitter.hasAttribute("formaction")
    : element.matches('#runs form[action$="/again/"]');

function readForm(form) {
  const data = new Map(
    [...new FormData(form)].map(([name, value]) => [name, String(value).replace(/^"|"$/g, "")]),
  ); // choices are JSON
  const count = (name) => Math.max(0, Number.parseInt(data.get(name), 10) || 0);
  const asked = count("/n") || count("/num_images") || 1;
  const group = count(`${GROUPED}_options/max_images`) || (asked > 1 ? asked : USUAL_GROUP);
  const ratio = [...data]
    .filter(([name]) => name.startsWith("/"))
    .map(([, value]) => RATIO.exec(value))
    .find(Boolean);
  return {
    count: Math.min(data.get(GROUPED) === "auto" ? group : asked, MOST_PLACES),
    shape: ratio ? [Number(ratio[1]), Number(ratio[2])] : [1, 1],
    words: data.get("/prompt") ?? "",
  };
}

function readCard(card) {
  const frame = card.querySelector(".picture__frame, .picture__waiting");
  return {
    count: Number(card.querySelector(".pictures")?.dataset.count ?? 1),
    shape: frame
      ? [Number(frame.getAttribute("width")), Number(frame.getAttribute("height"))]
      : [1, 1],
    words: card.querySelector(".run__prompt").textContent,
  };
}

function hold({ count, shape, words }) {
  const [width, height] = shape.map((side) =>
    Math.max(1, Math.round((side * FRAME_SIDE) / Math.max(...shape))),
  );
  place = document.querySelector("#coming").content.firstElementChild.cloneNode(true);
  place.querySelector(".run__prompt").textContent = words;
  const list = place.querySelector(".pictures");
  const waiting = list.querySelector("svg");
  waiting.setAttribute("width", width);
  waiting.setAttribute("height", height);
  waiting.setAttribute("viewBox", `0 0 ${width} ${height}`);
  list.dataset.count = count;
  for (let more = 1; more < count; more += 1) list.append(list.firstElementChild.cloneNode(true));
  document.querySelector("#runs").prepend(place);
}

function release() {
  clearTimeout(timer);
  place?.remove();
  place = null;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (!document.querySelector("#coming") || !isPress(elt, requestConfig.triggeringEvent?.submitter))
    return;
  release();
  pending = event.detail.xhr;
  const card = elt.closest(".run");
  timer = setTimeout(() => hold(card ? readCard(card) : readForm(elt)), WAIT_MILLISECONDS);
});

// In the same moment as the card itself comes, or when it is clear that none will.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.id === "runs") release();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr === pending) release();
});
