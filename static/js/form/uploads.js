// Files are sent as soon as they are chosen, dropped, pasted, photographed or picked from earlier
// pictures; the answer is their item in the list, as the server draws it. Each shows how far it is
// and can be called off; kept ones can change places. Without this script they go with the form.

const form = () => document.querySelector("#form");

const zoneOf = (target) => (target instanceof Element ? target.closest(".files") : null);

const inputOf = (zone) => zone.querySelector("input[type=file]");

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Sending

let refused = 0;
const waiting = [];

/** Resolve once no file is on its way: true when every one of them arrived. */
export function whenSent() {
  const before = refused;
  return new Promise((resolve) => {
    waiting.push(() => resolve(refused === before));
    release();
  });
}

function release() {
  if (document.querySelector("#form [data-busy]")) return;
  for (const done of waiting.splice(0)) done();
}

function send(zone, fields, name) {
  const request = new XMLHttpRequest();
  const bar = element("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-label", `Sending ${name}`);
  const cancel = element("button", {
    type: "button",
    className: "button button--quiet",
    textContent: "Cancel",
  });
  const item = element(
    "li",
    { className: "files__item" },
    element("span", { className: "files__name", textContent: name }),
    bar,
    cancel,
  );
  item.dataset.busy = "";
  zone.querySelector(".files__list").append(item);

  const body = new FormData();
  body.set("csrfmiddlewaretoken", form().querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("name", inputOf(zone).name);
  body.set("accept", zone.dataset.accept);
  body.set("kind", zone.dataset.uploadKind);
  for (const [key, value] of Object.entries(fields)) body.set(key, value);

  cancel.addEventListener("click", () => request.abort());
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.loaded / event.total;
  });
  request.addEventListener("abort", () => item.remove());
  request.addEventListener("loadend", release);
  request.addEventListener("error", () =>
    refuse(item, name, "The playground did not answer. Try again."),
  );
  request.addEventListener("load", () => {
    if (request.status === 200) settle(zone, item, request.responseText);
    else
      refuse(
        item,
        name,
        saysWords(request) ? request.responseText : "It could not be sent. Try again.",
      );
  });
  request.open("POST", form().dataset.uploads);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest"); // a 401, not the login page
  request.send(body);
}

/** Whether an answer is a sentence for whoever asked, and no page. */
export function saysWords(request) {
  return request.getResponseHeader("Content-Type")?.startsWith("text/plain") ?? false;
}

function settle(zone, item, html) {
  item.outerHTML = html;
  dress(zone);
  inputOf(zone).dispatchEvent(new Event("change", { bubbles: true })); // rules count files too
}

function refuse(item, name, words) {
  refused += 1;
  delete item.dataset.busy;
  item.dataset.refused = "";
  item.setAttribute("role", "alert");
  item.textContent = `${name}: ${words}`;
}

function makeRoom(zone) {
  for (const gone of zone.querySelectorAll("[data-refused]")) gone.remove();
  if (zone.dataset.multiple === "true") return;
  for (const item of zone.querySelectorAll(".files__item")) item.remove();
}

function take(zone, files) {
  makeRoom(zone);
  const taken = zone.dataset.multiple === "true" ? files : files.slice(-1);
  for (const file of taken) send(zone, { file }, file.name);
}

document.addEventListener("change", (event) => {
  const zone = zoneOf(event.target);
  if (!zone) return;
  if (event.target.type === "file" && event.target.files.length) {
    take(zone, [...event.target.files]);
    event.target.value = "";
  } else if (event.target.type === "checkbox") {
    event.target.closest(".files__item")?.remove(); // "Remove" was ticked
    inputOf(zone).focus();
  }
});

document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event.target);
  const { types } = event.dataTransfer;
  if (!types.includes("Files") && !(zone && types.includes("text/uri-list"))) return;
  event.preventDefault();
  if (zone) zone.dataset.over = "";
  form()?.toggleAttribute("data-over", !zone && Boolean(event.target.closest?.("#form")));
});

document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event.target);
  if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
  if (!form()?.contains(event.relatedTarget)) delete form()?.dataset.over;
});

document.addEventListener("drop", (event) => {
  const zone = zoneOf(event.target);
  if (!event.dataTransfer.files.length) {
    const link = event.dataTransfer
      .getData("text/uri-list")
      .split(/\r?\n/)
      .find((line) => line && !line.startsWith("#"));
    if (!zone || !link) return;
    event.preventDefault();
    delete zone.dataset.over;
    takeLink(zone, link);
    return;
  }
  event.preventDefault(); // beside a field too: else the browser leaves the page for the file
  delete form()?.dataset.over;
  if (!zone && event.target.closest?.("#form")) restore(event.dataTransfer.files);
  if (!zone) return;
  delete zone.dataset.over;
  take(zone, [...event.dataTransfer.files]);
});

// Some browsers drop a picture of another page as its address alone. What is stored here is known by it.

const OURS = /^\/(?:outputs|gallery)\/([0-9a-f-]{36})\//;

function takeLink(zone, link) {
  const address = new URL(link, location.href);
  const output = address.origin === location.origin && OURS.exec(address.pathname);
  if (output) {
    makeRoom(zone);
    send(zone, { output: output[1] }, "picture");
    return;
  }
  const item = element("li", { className: "files__item" });
  zone.querySelector(".files__list").append(item);
  refuse(item, "A link", "it brings no file along. Save the picture, and choose or drop the file.");
}

// A picture that was downloaded here brings its inputs, wherever it is dropped beside the fields.

function restore(files) {
  const chosen = new DataTransfer();
  chosen.items.add(files[0]);
  const input = document.querySelector("#picture");
  input.files = chosen.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("change", (event) => {
  if (event.target.id === "picture" && event.target.files.length)
    document.querySelector("#restore").click();
});

document.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  const zone = zoneOf(event.target) ?? document.querySelector("#form .files");
  const isText =
    event.clipboardData.types.includes("text/plain") && event.target.closest?.("input, textarea");
  if (!files.length || !zone || isText) return; // a spreadsheet's cells come as text and picture
  event.preventDefault();
  zone.closest("details")?.setAttribute("open", "");
  take(zone, files);
});

// Dressing: places to change, a camera on a phone, earlier pictures

function dress(zone) {
  for (const item of zone.querySelectorAll(".files__item:not([data-busy], [data-refused])")) {
    if (zone.dataset.multiple === "true" && !item.querySelector(".files__earlier")) addMover(item);
  }
  if (zone.querySelector(".files__ways")) return;
  const ways = element("p", { className: "files__ways" });
  if (zone.dataset.uploadKind === "image" || zone.dataset.accept.includes("image")) {
    ways.append(wayButton("Earlier pictures", () => openPicker(zone)));
    if (matchMedia("(pointer: coarse)").matches)
      ways.append(wayButton("Camera", () => photograph(zone)));
  }
  ways.append(
    element("span", { className: "files__hint", textContent: "or drop or paste files here" }),
  );
  inputOf(zone).after(ways);
}

const wayButton = (textContent, act) => {
  const button = element("button", {
    type: "button",
    className: "button button--small",
    textContent,
  });
  button.addEventListener("click", act);
  return button;
};

function addMover(item) {
  const name =
    item.querySelector("img")?.alt ?? item.querySelector(".files__name")?.textContent ?? "";
  const mover = element("button", {
    type: "button",
    className: "files__earlier",
    textContent: "←",
    title: "Move one place forward",
  });
  mover.setAttribute("aria-label", `Move ${name} one place forward`);
  mover.addEventListener("click", () => {
    item.previousElementSibling?.before(item);
    mover.focus();
  });
  item.append(mover);
}

function photograph(zone) {
  const camera = element("input", { type: "file", accept: "image/*" });
  camera.setAttribute("capture", "environment");
  camera.addEventListener("change", () => take(zone, [...camera.files]));
  camera.click();
}

async function openPicker(zone) {
  const answer = await fetch(form().dataset.pictures);
  const dialog = element("dialog", { className: "picker" });
  dialog.setAttribute("aria-label", "Earlier pictures");
  dialog.innerHTML = answer.ok ? await answer.text() : "<p>The playground did not answer.</p>";
  dialog.addEventListener("click", (event) => {
    const choice = event.target.closest("button");
    if (choice?.value) {
      makeRoom(zone);
      send(zone, { output: choice.value }, choice.title);
    }
    if (choice || event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function dressAll() {
  for (const zone of document.querySelectorAll("#form .files")) dress(zone);
}

document.addEventListener("htmx:afterSettle", dressAll);
dressAll();
