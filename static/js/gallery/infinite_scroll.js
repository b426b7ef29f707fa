// Infinite scroll: loads the next page before the end of this one is visible.

import { allTiles } from "./tiles.js";

const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      window.htmx.trigger(entry.target, "near");
    }
  },
  { rootMargin: "1500px" },
);

function watchEnd() {
  hideLastRow();
  for (const end of document.querySelectorAll(".tiles__more")) observer.observe(end);
}

// Hides an incomplete last row until the next page is loaded, because new tiles would change its layout.
function hideLastRow() {
  showLastRow();
  const all = document.querySelector(".tiles__more") ? allTiles().reverse() : [];
  for (const tile of all) {
    if (tile.offsetTop !== all[0].offsetTop) break;
    tile.dataset.unset = "";
  }
}

function showLastRow() {
  for (const tile of document.querySelectorAll(".tile[data-unset]")) delete tile.dataset.unset;
}

document.addEventListener("htmx:load", watchEnd);
window.addEventListener("resize", hideLastRow);
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    if (event.target.matches?.(".tiles__more")) showLastRow();
  });
}
watchEnd();
