// Stores the chosen size of the pictures in a cookie. The server draws the gallery and the board with it.

import { setCookie } from "./cookies.js";

document.addEventListener("change", ({ target }) => {
  if (target.name === "density") setCookie("density", target.value);
});
