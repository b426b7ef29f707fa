// Shows a message and a download link at a video or sound that the browser cannot play. Without this the
// player shows nothing and does not react.

import { element } from "./elements.js";
import { text } from "./texts.js";

function showError(player) {
  if (player.dataset.isReported) return;
  player.dataset.isReported = "";
  const href = `${player.currentSrc.split("#")[0] || player.src}?download`;
  const link = element("a", { href, textContent: text("download") });
  const note = { className: "picture__note", role: "status" };
  player.after(element("p", note, text("notPlayable"), " ", link));
}

// Neither event bubbles, so both are captured. A video whose picture codec the browser does not know plays
// as sound: it has no width and reports no error.
document.addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLMediaElement && target.error?.code !== MediaError.MEDIA_ERR_NETWORK)
      showError(target);
  },
  true,
);
document.addEventListener(
  "loadedmetadata",
  ({ target }) => {
    if (target instanceof HTMLVideoElement && !target.videoWidth) showError(target);
  },
  true,
);
for (const player of document.querySelectorAll("video, audio")) if (player.error) showError(player);
