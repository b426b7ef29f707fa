// Optimistic UI: adds a card for a new run to the board before the response, in the shape that its pictures will
// have. Otherwise, on a slow connection, the response would move all results at an unexpected moment.
// The number and shape of the pictures are computed as in playground/runs/pages/board.py, from the fields that
// the page names: <template id="coming" data-count-names="...">.

import { arrange } from "./arrange.js";

const WAIT_MILLISECONDS = 120; // no optimistic card for a faster response
const EXACT = ["16:9", "9:16", "2:3", "21:9", "4:3"];
const RATIO = /^(\d{1,5})\s*[:x×*]\s*(\d{1,5})$/i;

let place = null;
let timer = 0;
let pending = null; // the request of the optimistic card

const isPress = (element, submitter) =>
  element.id === "form"
    ? submitter && !submitter.name && !submitter.hasAttribute("formaction")
    : element.matches("[data-of-run]");

const findTemplate = () => document.querySelector("#coming");

function readForm(form) {
  const { countNames, groupedName, groupSizeName, promptName, usualGroup, mostPlaces } =
    findTemplate().dataset;
  const unquoted = [...new FormData(form)].map(([name, value]) => [
    name,
    String(value).replace(/^"|"$/g, ""), // the values of choices are JSON
  ]);
  const data = new Map(unquoted);
  const read = (name) => Math.max(0, Number.parseInt(data.get(name), 10) || 0);
  const asked = countNames.split(" ").map(read).find(Boolean) ?? 1;
  const group = read(groupSizeName) || (asked > 1 ? asked : Number(usualGroup));
  const ratio = unquoted
    .filter(([name]) => name.startsWith("/"))
    .map(([, value]) => RATIO.exec(value))
    .find(Boolean);
  const count = Math.min(data.get(groupedName) === "auto" ? group : asked, Number(mostPlaces));
  return {
    dataset: computeShape(count, ratio ? [Number(ratio[1]), Number(ratio[2])] : [1, 1]),
    words: data.get(promptName) ?? "",
  };
}

// A run made from another run has the shape of its card.
function readCard(card) {
  const { ratio, shape, columns, rows } = card.dataset;
  return {
    dataset: { ratio, shape, columns, rows },
    tint: card.querySelector("[data-tint]")?.dataset.tint,
    words: card.querySelector(".caption__words").textContent,
  };
}

// Computes the layout as playground/runs/pages/tile_shapes.py does.
function computeShape(count, [width, height]) {
  const exact = width / height;
  const ratio = Math.min(Math.max(exact, 0.4), 3);
  const badness = (columns) => {
    const rows = Math.ceil(count / columns);
    return Math.abs(Math.log((ratio * columns) / rows / 1.6)) + 0.35 * (columns * rows - count);
  };
  const columns = [1, 2, 3, 4]
    .filter((number) => number <= count)
    .reduce((best, number) => (badness(number) < badness(best) ? number : best));
  const named = EXACT.find((name) => {
    const [across, down] = name.split(":");
    return Math.abs((exact * down) / across - 1) < 0.01;
  });
  return {
    ratio: Math.round(ratio * 20) * 5,
    shape: named ?? "",
    columns,
    rows: Math.ceil(count / columns),
  };
}

function showCard({ dataset, tint, words }) {
  place = findTemplate().content.firstElementChild.cloneNode(true);
  Object.assign(place.dataset, dataset);
  if (tint) place.querySelector("[data-tint]").dataset.tint = tint;
  place.querySelector(".caption__words").textContent = words;
  document.querySelector("#hero").prepend(place);
  arrange();
}

function removeCard() {
  clearTimeout(timer);
  place?.remove();
  place = null;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (!findTemplate() || !isPress(elt, requestConfig.triggeringEvent?.submitter)) return;
  removeCard();
  pending = event.detail.xhr;
  const card = document.getElementById(elt.dataset.ofRun);
  timer = setTimeout(() => showCard(card ? readCard(card) : readForm(elt)), WAIT_MILLISECONDS);
});

// Removes the optimistic card when the response adds the real one, or when the request ends without one.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.id === "hero") removeCard();
});
document.addEventListener(
  "htmx:afterRequest",
  (event) => {
    if (event.detail.xhr === pending) removeCard();
  },
  true, // run_actions.js stops the propagation of its events
);
