// A run that was asked for has a card among the results at once, in the shape that its pictures
// will have. On a slow line the answer would move all results at a moment when nobody expects it.
// How many pictures come, and in what shape, is told as playground/runs/pages/board.py tells it, by
// the names of fields that the page brings from there: <template id="coming" data-count-names="...">.

const WAIT_MILLISECONDS = 120; // an answer as quick as that needs no place held for it
const RATIO = /^(\d{1,5})\s*[:x×*]\s*(\d{1,5})$/i;

let place = null;
let timer = 0;
let pending = null; // the request that the place is held for

const isPress = (element, submitter) =>
  element.id === "form"
    ? submitter && !submitter.name && !submitter.hasAttribute("formaction")
    : element.matches("#runs form[data-creates-run]");

const findTemplate = () => document.querySelector("#coming");

function readForm(form) {
  const { countNames, groupedName, groupSizeName, promptName, usualGroup, mostPlaces } =
    findTemplate().dataset;
  const unquoted = [...new FormData(form)].map(([name, value]) => [
    name,
    String(value).replace(/^"|"$/g, ""), // choices are JSON
  ]);
  const data = new Map(unquoted);
  const count = (name) => Math.max(0, Number.parseInt(data.get(name), 10) || 0);
  const asked = countNames.split(" ").map(count).find(Boolean) ?? 1;
  const group = count(groupSizeName) || (asked > 1 ? asked : Number(usualGroup));
  const ratio = unquoted
    .filter(([name]) => name.startsWith("/"))
    .map(([, value]) => RATIO.exec(value))
    .find(Boolean);
  return {
    count: Math.min(data.get(groupedName) === "auto" ? group : asked, Number(mostPlaces)),
    shape: ratio ? [Number(ratio[1]), Number(ratio[2])] : [1, 1],
    words: data.get(promptName) ?? "",
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
  const longest = Number(findTemplate().dataset.frameSide);
  const [width, height] = shape.map((side) =>
    Math.max(1, Math.round((side * longest) / Math.max(...shape))),
  );
  place = findTemplate().content.firstElementChild.cloneNode(true);
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
  if (!findTemplate() || !isPress(elt, requestConfig.triggeringEvent?.submitter)) return;
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
