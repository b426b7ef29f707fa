// Looks for runs that the server may have created although its response got lost, and shows them.

import { element } from "../elements.js";
import { allRuns } from "./arrange.js";

const PAUSES_MS = [0, 2000, 5000, 15_000, 30_000];
let timer = null;

export function findLostRuns(pauses = PAUSES_MS) {
  clearTimeout(timer);
  if (!pauses.length || !document.querySelector("#runs")) return;
  timer = setTimeout(() => poll(pauses.slice(1)), pauses[0]);
}

const newest = () =>
  allRuns()
    .filter((card) => card.id)
    .sort((one, other) => (one.dataset.at < other.dataset.at ? 1 : -1))[0];

function poll(later) {
  const list = document.querySelector("#runs");
  const known = new Set(allRuns().map((card) => card.id));
  const source = element("span", { hidden: true });
  source.setAttribute("hx-request", '{"timeout":20000}');
  document.body.append(source);
  const address = new URL(list.dataset.live, location.href);
  address.searchParams.set("model", list.dataset.model);
  address.searchParams.set("after", newest()?.id.replace("run-", "") ?? "");
  for (const input of document.querySelectorAll("#runs input[name=run], #worker input"))
    address.searchParams.append(input.name, input.value);
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout", "htmx:afterRequest"])
    source.addEventListener(name, (event) => event.stopPropagation());
  window.htmx
    .ajax("GET", address.href, { source, swap: "none" })
    .catch(() => {})
    .then(() => {
      source.remove();
      const found = allRuns().filter((card) => !known.has(card.id));
      for (const card of found)
        document.dispatchEvent(
          new CustomEvent("lost:found", { detail: { madeFrom: card.dataset.madeFrom } }),
        );
      if (!found.length) findLostRuns(later);
    });
}

window.addEventListener("online", () => {
  if (timer) findLostRuns();
});

// Drops runs from a response that the page shows already.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (!["hero", "arrivals"].includes(event.detail.target.id)) return;
  for (const card of event.detail.fragment.querySelectorAll(".run"))
    if (document.getElementById(card.id)) card.remove();
});
