// The size of pictures that is chosen is remembered for the gallery and for the board: the server
// reads it and sends the next page as it was.

import { keepCookie } from "./cookies.js";

document.addEventListener("change", ({ target }) => {
  if (target.name === "density") keepCookie("density", target.value);
});
