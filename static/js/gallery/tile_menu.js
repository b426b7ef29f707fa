// The menu of a tile. There is one for all tiles: when it opens, the placeholder ids in its URLs are replaced
// with those of the tile's output and run.

import { apply } from "./bulk_actions.js";
import { boxOf } from "./tiles.js";

const NO_OUTPUT = "00000000-0000-0000-0000-000000000000";
const NO_RUN = "00000000-0000-0000-0000-000000000001";

let opened = null; // the tile whose menu is open

document.addEventListener(
  "click",
  ({ target }) => {
    const tile = target.closest?.("[popovertarget=tile-menu]")?.closest(".tile");
    if (!tile) return;
    opened = tile;
    for (const part of document.querySelectorAll("#tile-menu [data-address]")) {
      const address = part.dataset.address
        .replace(NO_OUTPUT, boxOf(tile).value)
        .replace(NO_RUN, tile.dataset.run);
      part[part.matches("form") ? "action" : "href"] = address;
    }
  },
  true,
);

document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("[data-trash-tile]")) return;
  document.querySelector("#tile-menu").hidePopover();
  apply("trash", [boxOf(opened).value]);
});
