// Says in words what a browser cannot play: its own player only stays dead.

import { element } from "./elements.js";

const NOTE =
  "This browser cannot play it, as happens with formats that it does not know. Download it to play it elsewhere.";

function tell(player) {
  if (player.dataset.isReported) return;
  player.dataset.isReported = "";
  const href = `${player.currentSrc.split("#")[0] || player.src}?download`;
  const link = element("a", { href, textContent: "Download" });
  player.after(element("p", { className: "picture__note", role: "status" }, NOTE, " ", link));
}

// Neither event bubbles. A film of which only the sound is known has no pictures, and no error.
document.addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLMediaElement && target.error?.code !== MediaError.MEDIA_ERR_NETWORK)
      tell(target);
  },
  true,
);
document.addEventListener(
  "loadedmetadata",
  ({ target }) => {
    if (target instanceof HTMLVideoElement && !target.videoWidth) tell(target);
  },
  true,
);
for (const player of document.querySelectorAll("video, audio")) if (player.error) tell(player);
