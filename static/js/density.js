// Stores the chosen size of the pictures in a cookie. The server draws the gallery and the board with it.

import { keepCookie } from "./cookies.js";

document.addEventListener("change", ({ target }) => {
  if (target.name === "density") keepCookie("density", target.value);
});
