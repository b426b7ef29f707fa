// Prefetches the previous and the next picture: the viewer's HTML and the image files.

import { onShow } from "./stage.js";

const TIMEOUT_MS = 30_000;
const pages = new Map(); // promises of documents, by URL

export function load(address) {
  if (!pages.has(address)) {
    const page = fetchPage(address);
    page.catch(() => pages.delete(address));
    pages.set(address, page);
  }
  return pages.get(address);
}

async function fetchPage(address) {
  const headers = { "HX-Request": "true" };
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

export const forgetPage = (address) => pages.delete(address);
export const forgetAllPages = () => pages.clear();

export function forgetOutput(output) {
  for (const address of pages.keys()) if (address.includes(output)) pages.delete(address);
}

onShow(() => {
  for (const link of document.querySelectorAll(".viewer__turn")) {
    load(link.href).catch(() => {});
    if (link.dataset.ahead) new Image().src = link.dataset.ahead;
  }
});
