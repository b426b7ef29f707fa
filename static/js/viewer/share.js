// Shares a picture with the share dialog of the system, if there is one: as a file, else as a URL.

import { text } from "../texts.js";
import { toast } from "../toast.js";
import { onShow } from "./stage.js";

async function share({ dataset }) {
  const blob = await (await fetch(dataset.share)).blob();
  const type = blob.type.replace("image/", "");
  const files = [new File([blob], `picture.${type}`, { type: blob.type })];
  const content = navigator.canShare?.({ files }) ? { files } : { url: location.href };
  await navigator.share(content);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-share]");
  if (!button) return;
  button.closest("[popover]").hidePopover();
  share(button).catch((error) => {
    if (error.name !== "AbortError") toast(text("notShared")); // AbortError: the person cancelled
  });
});

onShow(() => {
  for (const button of document.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
});
