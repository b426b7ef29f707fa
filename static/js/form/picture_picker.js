import { element } from "../elements.js";
import { text } from "../texts.js";
import { findForm } from "./controls.js";
import { uploadOutput } from "./uploads.js";

/** Open a dialog with earlier pictures, and put the chosen one into the field. */
export async function openPicker(zone) {
  const answer = await fetch(findForm().dataset.pictures);
  const dialog = element("dialog", { className: "picker" });
  dialog.setAttribute("aria-label", text("earlierPictures"));
  dialog.innerHTML = answer.ok ? await answer.text() : `<p>${text("noAnswer")}</p>`;
  dialog.addEventListener("click", (event) => {
    const choice = event.target.closest("button");
    if (choice?.value) uploadOutput(zone, choice.value, choice.title);
    if (choice || event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
