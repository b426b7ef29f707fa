// Buttons beside a file field for images: earlier pictures, and the camera of a phone.

import { element } from "../elements.js";
import { text } from "../texts.js";
import { inputOf, onFileFields } from "./file_fields.js";
import { openPicker } from "./picture_picker.js";
import { upload } from "./uploads.js";

onFileFields((zone) => {
  if (zone.querySelector(".files__ways")) return;
  const ways = element("p", { className: "files__ways" });
  if (zone.dataset.uploadKind === "image" || zone.dataset.accept.includes("image")) {
    ways.append(makeButton(text("earlierPictures"), () => openPicker(zone)));
    if (matchMedia("(pointer: coarse)").matches) {
      ways.append(makeButton(text("camera"), () => photograph(zone)));
    }
  }
  const box = zone.querySelector(".files__other");
  if (box) {
    box.prepend(ways);
    return;
  }
  const hint = { className: "files__hint", textContent: text("dropOrPaste") };
  ways.append(element("span", hint));
  inputOf(zone).after(ways);
});

function makeButton(textContent, action) {
  const look = { type: "button", className: "button button--small", textContent };
  const button = element("button", look);
  button.addEventListener("click", action);
  return button;
}

function photograph(zone) {
  const camera = element("input", { type: "file", accept: "image/*" });
  camera.setAttribute("capture", "environment");
  camera.addEventListener("change", () => upload(zone, [...camera.files]));
  camera.click();
}
