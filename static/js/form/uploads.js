// Uploads files as soon as they are chosen, each with a progress bar and a Cancel button. The response is the
// list item of the file, drawn by the server.

import { element } from "../elements.js";
import { isText } from "../responses.js";
import { text } from "../texts.js";
import { findForm } from "./controls.js";
import { inputOf } from "./file_fields.js";
import { addMovers } from "./file_order.js";

let refused = 0;
const waiting = [];

/** Resolve when no upload is in progress: true if none has failed. */
export function whenUploaded() {
  const before = refused;
  return new Promise((resolve) => {
    waiting.push(() => resolve(refused === before));
    resolveWaiting();
  });
}

function resolveWaiting() {
  if (document.querySelector("#form [data-busy]")) return;
  for (const done of waiting.splice(0)) done();
}

/** Upload files into a field. A field for one file replaces its file. */
export function upload(zone, files) {
  makeRoom(zone);
  const taken = zone.dataset.multiple === "true" ? files : files.slice(-1);
  for (const file of taken) send(zone, { file }, file.name);
}

/** Put an earlier picture into a field. */
export function uploadOutput(zone, output, name) {
  makeRoom(zone);
  send(zone, { output }, name);
}

/** Add an item to the list of a field that says why a file was refused. */
export function refuseNew(zone, name, words) {
  const item = element("li", { className: "files__item" });
  zone.querySelector(".files__list").append(item);
  refuse(item, name, words);
}

function makeRoom(zone) {
  for (const gone of zone.querySelectorAll("[data-refused]")) gone.remove();
  if (zone.dataset.multiple === "true") return;
  for (const item of zone.querySelectorAll(".files__item")) item.remove();
}

function send(zone, fields, name) {
  const request = new XMLHttpRequest();
  const item = addItem(zone, request, name);
  request.addEventListener("abort", () => item.remove());
  request.addEventListener("loadend", resolveWaiting);
  request.addEventListener("error", () => refuse(item, name, text("uploadUnanswered")));
  request.addEventListener("load", () => {
    const said = isText(request) ? request.responseText : text("uploadFailed");
    if (request.status === 200) settle(zone, item, request.responseText);
    else refuse(item, name, said);
  });
  request.open("POST", findForm().dataset.uploads);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest"); // gets a 401, not the login page
  request.send(makeBody(zone, fields));
}

function addItem(zone, request, name) {
  const bar = element("progress", { max: 1, value: 0 });
  bar.setAttribute("aria-label", text("sending", { name }));
  request.upload.addEventListener("progress", (event) => {
    bar.value = event.loaded / event.total;
  });
  const look = { type: "button", className: "button button--quiet" };
  const cancel = element("button", look, text("cancel"));
  cancel.addEventListener("click", () => request.abort());
  const label = element("span", { className: "files__name", textContent: name });
  const item = element("li", { className: "files__item" }, label, bar, cancel);
  item.dataset.busy = "";
  zone.querySelector(".files__list").append(item);
  return item;
}

function makeBody(zone, fields) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", findForm().querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("name", inputOf(zone).name);
  body.set("accept", zone.dataset.accept);
  body.set("kind", zone.dataset.uploadKind);
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  return body;
}

function settle(zone, item, html) {
  item.outerHTML = html;
  addMovers(zone);
  inputOf(zone).dispatchEvent(new Event("change", { bubbles: true })); // a check validates the number of files
}

function refuse(item, name, words) {
  refused += 1;
  delete item.dataset.busy;
  item.dataset.refused = "";
  item.setAttribute("role", "alert");
  item.textContent = `${name}: ${words}`;
}
