// Stores in a cookie whether the settings are open. The server draws them accordingly.

import { setCookie } from "../cookies.js";

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches?.("#fields .settings-fold"))
      setCookie("settings", target.open ? "open" : "closed");
  },
  true,
);
