// Further pages come before one sees their end.

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

// A row that is not full yet would change with what comes: it is hidden until it is complete.
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
