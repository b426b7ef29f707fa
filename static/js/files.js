// Files are sent as soon as they are chosen, dropped or pasted; the answer is their item in the
// list, as the server draws it. Without this script they go along with the form.

const form = () => document.querySelector("#form");

function zoneOf(target) {
  return target instanceof Element ? target.closest(".files") : null;
}

async function send(zone, file) {
  const input = zone.querySelector("input[type=file]");
  const list = zone.querySelector(".files__list");
  const item = document.createElement("li");
  item.className = "files__item";
  item.dataset.busy = "";
  item.textContent = file.name;
  list.append(item);

  const body = new FormData();
  body.set("name", input.name);
  body.set("accept", zone.dataset.accept);
  body.set("kind", zone.dataset.uploadKind);
  body.set("file", file);
  const headers = { "X-CSRFToken": form().querySelector("[name=csrfmiddlewaretoken]").value };
  try {
    const answer = await fetch(form().dataset.uploads, { method: "POST", body, headers });
    const text = await answer.text();
    if (answer.ok) {
      item.outerHTML = text;
    } else {
      refuse(item, file, answer.status === 422 ? text : "It could not be sent. Try again.");
    }
  } catch {
    refuse(item, file, "The playground did not answer. Try again.");
  }
}

function refuse(item, file, words) {
  delete item.dataset.busy;
  item.dataset.refused = "";
  item.setAttribute("role", "alert");
  item.textContent = `${file.name}: ${words}`;
}

function take(zone, files) {
  for (const gone of zone.querySelectorAll("[data-refused]")) gone.remove();
  if (zone.dataset.multiple !== "true") {
    for (const item of zone.querySelectorAll(".files__item")) item.remove();
    files = [...files].slice(-1);
  }
  for (const file of files) send(zone, file);
}

document.addEventListener("change", (event) => {
  const zone = zoneOf(event.target);
  if (!zone) return;
  if (event.target.type === "file") {
    take(zone, [...event.target.files]);
    event.target.value = "";
  } else if (event.target.type === "checkbox") {
    event.target.closest(".files__item")?.remove(); // "Remove" was ticked
  }
});

document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event.target);
  if (!zone || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  zone.dataset.over = "";
});

document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event.target);
  if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
});

document.addEventListener("drop", (event) => {
  const zone = zoneOf(event.target);
  if (!zone || !event.dataTransfer.files.length) return;
  event.preventDefault();
  delete zone.dataset.over;
  take(zone, [...event.dataTransfer.files]);
});

document.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  const zone = zoneOf(event.target) ?? document.querySelector("#form .files");
  if (!files.length || !zone) return;
  event.preventDefault();
  zone.closest("details")?.setAttribute("open", "");
  take(zone, files);
});
