// What fields do beyond plain controls: parts that come and go without a button, a slider beside a
// number, characters counted, what was changed and the way back, and errors while one types.
// Without this script each of these has its button, or waits for Generate.

import { refresh } from "./clock.js";

const CHECK_MILLISECONDS = 500;
const LONG_LIST = 15;

const form = () => document.querySelector("#form");
const fields = () => document.querySelector("#fields");
const touched = new Set();
const opened = new Map(); // how each control stood when it was first seen
const allOptions = new WeakMap(); // of the lists that are searched
let pressed = "";
let putBack = "";
let openBefore = [];
let sentStates = new Map();
let typedSince = [];
let timer = 0; // of the next check
let asked = 0; // checks

document.documentElement.classList.add("scripted");

// A kind that was chosen, or a part that was switched on, shows itself at once.

function editButtonOf(control) {
  const part = control.closest("[data-pick], .group--maybe");
  return part?.querySelector(':scope > button[name="~do"]');
}

document.addEventListener("change", (event) => {
  const name = event.target.name ?? "";
  if (name.startsWith("~pick") || name.startsWith("~on")) editButtonOf(event.target)?.click();
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[name="~do"]') : null;
  pressed = button ? button.value : "";
  putBack = event.target.closest?.('button[name="~back"]')?.value ?? "";
});

// Around a swap of the fields: open parts stay open, what was typed while the answer was on its way
// stays typed, and the focus goes where the work goes on.

const partsOf = (selector) => [...fields().querySelectorAll(selector)];
const summaryOf = (details) => details.querySelector("summary").textContent;
const nameOf = (details) => summaryOf(details) + partsOf("details").filter((other) => summaryOf(other) === summaryOf(details)).indexOf(details);

const isOurs = (event) => ["fields", "form"].includes(event.detail.target?.id);

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt !== form()) return;
  clearTimeout(timer); // what a check says of the form as it was would draw it once more,
  asked += 1; // and a press would be dropped meanwhile
  sentStates = new Map(allControls().map((control) => [keyOf(control), stateOf(control)]));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOurs(event)) return;
  openBefore = partsOf("details[open]").map(nameOf);
  typedSince = allControls().filter((control) => sentStates.has(keyOf(control)) && sentStates.get(keyOf(control)) !== stateOf(control)).map((control) => [keyOf(control), stateOf(control)]);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!isOurs(event)) return;
  for (const details of partsOf("details")) {
    if (openBefore.includes(nameOf(details))) details.open = true;
  }
  const late = new Map(typedSince);
  for (const control of allControls()) if (late.has(keyOf(control))) setState(control, late.get(keyOf(control)));
  moveFocus();
  dress();
  if (touched.size || late.size || codeNow()?.open) check();
});

const buttonOf = (value) => partsOf('button[name="~do"]').find((button) => button.value === value);

function moveFocus() {
  if (putBack) partsOf("[data-pointer]").find((part) => part.dataset.pointer === putBack)?.querySelector(CONTROLS)?.focus();
  putBack = "";
  if (!pressed) return;
  const [action, pointer] = [pressed.slice(0, pressed.indexOf(" ")), pressed.slice(pressed.indexOf(" ") + 1)];
  const above = pointer.slice(0, pointer.lastIndexOf("/"));
  const other = { up: "down", down: "up", add: "remove", remove: "add" }[action];
  const row = action === "add" && partsOf('input[type="hidden"]').filter((mark) => mark.name === `~rows${pointer}`).at(-1);
  const part = row ? row.parentElement : action === "add" && buttonOf(`remove ${pointer}`)?.parentElement;
  const control = part && part.querySelector("input:not([type=hidden]), textarea, select");
  (control || buttonOf(pressed) || buttonOf(`${other} ${pointer}`) || buttonOf(`add ${above}`))?.focus();
  pressed = "";
}

// Sliders, counters, long lists.

function dress() {
  for (const slider of document.querySelectorAll("#fields input[data-mirrors][hidden]")) {
    const number = document.getElementById(slider.dataset.mirrors);
    slider.hidden = false;
    follow(slider, number);
    slider.addEventListener("input", () => {
      number.value = slider.value;
      number.dispatchEvent(new Event("input", { bubbles: true }));
    });
    slider.addEventListener("change", () => number.dispatchEvent(new Event("change", { bubbles: true })));
    number.addEventListener("input", () => follow(slider, number));
  }
  for (const text of document.querySelectorAll("#fields [data-max-length]")) count(text);
  for (const select of document.querySelectorAll("#fields select:not([data-searched])")) {
    if (select.options.length > LONG_LIST) makeSearchable(select);
  }
  for (const field of document.querySelectorAll("#fields .field[data-pointer]")) mark(field);
}

/** Put a slider where its number is; without a number it is dim, at the place it starts from. */
function follow(slider, number) {
  slider.value = number.value || slider.dataset.start;
  slider.toggleAttribute("data-unset", !number.value);
}

function count(text) {
  const field = text.closest(".field");
  let counter = field.querySelector(".field__count");
  if (!counter) {
    counter = document.createElement("span");
    counter.className = "field__count";
    counter.setAttribute("aria-live", "off");
    field.querySelector(".field__label").after(counter);
  }
  const length = [...text.value].length; // in characters as the schema counts them, not UTF-16
  counter.textContent = `${length.toLocaleString("en")} / ${Number(text.dataset.maxLength).toLocaleString("en")}`;
  counter.toggleAttribute("data-over", length > Number(text.dataset.maxLength));
}

function makeSearchable(select) {
  select.dataset.searched = "";
  const options = [...select.options];
  allOptions.set(select, options);
  const search = document.createElement("input");
  search.type = "search";
  search.className = "field__search";
  search.placeholder = `Search ${options.filter((option) => option.value).length} options`;
  search.setAttribute("aria-label", "Search the list below");
  const fits = (option) => `${option.text} ${option.title}`.toLowerCase().includes(search.value.toLowerCase());
  search.addEventListener("input", () => {
    const chosen = select.value; // a list that loses its option for a moment chooses another
    select.replaceChildren(...options.filter((option) => option.value === chosen || fits(option)));
    select.value = chosen;
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") select.focus();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const found = search.value && [...select.options].find((option) => option.value && fits(option));
    if (!found) return;
    select.value = found.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.before(search);
}

// What differs from how the form was opened is marked, with a way back.

const CONTROLS = "input:not([type=hidden], [type=file], [data-mirrors], [type=search]), textarea, select";
const isChosen = (control) => isTick(control) || control.matches("select");
const isTick = (control) => control.type === "checkbox" || control.type === "radio";
const allControls = () => partsOf(CONTROLS).filter((control) => control.name);
const controlsOf = (field) => [...field.querySelectorAll(CONTROLS)].filter((control) => control.closest("[data-pointer]") === field && control.name);

const keyOf = (control) => (isTick(control) ? `${control.name} ${control.value}` : control.name);
const stateOf = (control) => (isTick(control) ? String(control.checked) : control.value);

function setState(control, state) {
  if (isTick(control)) control.checked = state === "true";
  else control.value = state;
}

function isChanged(control) {
  const key = keyOf(control);
  if (!opened.has(key)) opened.set(key, stateOf(control));
  return opened.get(key) !== stateOf(control);
}

// In a form that was opened from a run the server marks what differs from that.
const isCompared = () => Boolean(form().querySelector("#changes [name=from]"));
const markOf = (part) => part.querySelector(":scope > .field__was");

function mark(field) {
  const isOther = controlsOf(field).map(isChanged).includes(true); // of all, so that each is known
  if (isCompared()) {
    field.toggleAttribute("data-changed", Boolean(markOf(field)));
    field.querySelector(":scope > .field__reset")?.remove();
    return;
  }
  const changed = isOther;
  field.toggleAttribute("data-changed", changed);
  let reset = field.querySelector(":scope > .field__reset");
  if (changed && !reset) {
    reset = document.createElement("button");
    reset.type = "button";
    reset.className = "field__reset";
    reset.textContent = "Reset";
    const label = field.querySelector(".field__label");
    label.id ||= `${controlsOf(field)[0].id}-label`;
    reset.setAttribute("aria-describedby", label.id); // not its name: that is the control's
    reset.addEventListener("click", () => restore(field));
    label.after(reset);
  } else if (!changed) {
    reset?.remove();
  }
}

function restore(field) {
  const controls = controlsOf(field);
  for (const control of controls) {
    if (allOptions.has(control)) control.replaceChildren(...allOptions.get(control));
    setState(control, opened.get(keyOf(control)));
  }
  const first = controls.find((control) => control.checked) ?? controls[0];
  first.focus();
  first.dispatchEvent(new Event("input", { bubbles: true }));
  first.dispatchEvent(new Event("change", { bubbles: true }));
}

// Errors while one types: only where something has been typed, and where a rule ties it to others.

function check(milliseconds = CHECK_MILLISECONDS) {
  clearTimeout(timer);
  timer = setTimeout(ask, milliseconds);
}

async function ask() {
  const number = ++asked;
  const body = new FormData(form());
  for (const input of form().querySelectorAll("input[type=file]")) body.delete(input.name);
  body.delete("pasted");
  if (codeNow()?.open) body.set("code", "1");
  for (const text of form().querySelectorAll(".files__url")) body.append(text.name, text.value);
  let answer;
  try {
    answer = await fetch(form().dataset.check, { method: "POST", body, headers: { "HX-Request": "true" } });
  } catch {
    return; // Generate will say it
  }
  if (!answer.ok) return;
  forgetOrigin();
  if (number !== asked) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number === asked) showErrors(drawn);
}

const pointersIn = (root) => [...root.querySelectorAll("[data-pointer]")].map((part) => part.dataset.pointer).join("\n");

function showErrors(drawn) {
  if (pointersIn(drawn) !== pointersIn(fields())) {
    htmx.ajax("POST", form().dataset.check.replace("?check", ""), { source: form(), target: "#fields", swap: "innerHTML" });
    return;
  }
  const twins = new Map([...drawn.querySelectorAll("[data-pointer]")].map((part) => [keyOfPart(part), part]));
  for (const part of partsOf("[data-pointer]")) {
    const error = twins.get(keyOfPart(part))?.querySelector(":scope > .field__error");
    const isAsked = part.matches(".field") && (touched.has(part.dataset.pointer) || errorOf(part));
    if (isAsked || (!error && errorOf(part))) showError(part, error);
    showMark(part, twins.get(keyOfPart(part)));
  }
  thinSummary(drawn);
  showPiece(drawn, "#price");
  showPiece(drawn, "#draft");
  showPiece(drawn, "#changes");
  showVariables(drawn);
  refresh();
  showCode(drawn);
}

// The code follows the form while somebody has it open.

const codeNow = () => document.querySelector("details#code");

function showCode(drawn) {
  for (const text of drawn.querySelector("template#code-now")?.content.querySelectorAll(".code__text") ?? []) {
    codeNow().querySelector(`#${text.id}`).textContent = text.textContent;
  }
}

document.addEventListener("toggle", (event) => {
  if (event.target === codeNow() && event.target.open) check();
}, true);

function showPiece(drawn, selector) {
  const [now, shown] = [drawn.querySelector(selector), document.querySelector(selector)];
  if (!now || !shown || now.innerHTML === shown.dataset.sent || shown.contains(document.activeElement)) return;
  now.removeAttribute("hx-swap-oob");
  now.dataset.sent = now.innerHTML;
  now.open = shown.open;
  shown.replaceWith(now);
}

// Other variables in the texts, another little form; what is entered in it stays while it is the same.
function showVariables(drawn) {
  const [now, shown] = [drawn.querySelector("#variables"), document.querySelector("#variables")];
  if (!now || !shown) return;
  if (now.dataset.signature === shown.dataset.signature) {
    shown.querySelectorAll(".field").forEach((field, number) => {
      markOf(field)?.remove();
      field.append(...now.querySelectorAll(":scope > .field")[number].querySelectorAll(":scope > .field__was"));
    });
    return;
  }
  now.removeAttribute("hx-swap-oob");
  shown.replaceWith(now);
}

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#variables")) return;
  event.target.removeAttribute("aria-invalid");
  event.target.removeAttribute("aria-describedby");
  event.target.parentElement.querySelector(".field__error")?.remove();
  check();
});

// What is kept as the draft comes back by the plain address; one that names a run, an example or a
// preset would bring those back instead.
function forgetOrigin() {
  const address = new URL(location.href);
  const named = ["from", "again", "example", "preset", "prompt"].filter((name) => address.searchParams.has(name));
  if (!named.length) return;
  for (const name of named) address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
}

const errorOf = (part) => part.querySelector(":scope > .field__error");
const keyOfPart = (part) => `${part.matches(".field")} ${part.dataset.pointer}`; // a union and what stands in it share a place

function thinSummary(drawn) {
  const summary = form().querySelector(".form-errors");
  const left = [...drawn.querySelectorAll(".form-errors li")].map((line) => line.textContent);
  for (const line of summary?.querySelectorAll("li") ?? []) if (!left.includes(line.textContent)) line.remove();
  if (summary && !summary.querySelector("li")) summary.remove();
}

function showError(field, error) {
  const shown = errorOf(field);
  if (shown?.textContent.trim() === error?.textContent.trim()) return;
  shown?.remove();
  if (error) field.append(error);
  field.classList.toggle(field.matches(".field") ? "field--bad" : "group--bad", Boolean(error));
  for (const control of controlsOf(field)) {
    if (error) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    describe(control, error?.id ?? shown.id, Boolean(error));
  }
}

function showMark(part, twin) {
  const [shown, now] = [markOf(part), twin && markOf(twin)];
  if (shown?.innerHTML === now?.innerHTML || shown?.contains(document.activeElement)) return;
  if (shown && now) shown.replaceWith(now);
  else if (now) errorOf(part) ? errorOf(part).before(now) : place(part, twin, now);
  else shown?.remove();
  if (part.matches(".field")) mark(part);
  for (const control of controlsOf(part)) describe(control, (now ?? shown).id, Boolean(now));
}

/** Put a mark where the server draws it: below a field, above what stands in a group. */
function place(part, twin, now) {
  const next = now.nextElementSibling;
  if (!next) part.append(now);
  else part.insertBefore(now, part.children[[...twin.children].indexOf(now)] ?? null);
}

function describe(control, id, is) {
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (is) ids.add(id);
  else ids.delete(id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
}

document.addEventListener("input", (event) => {
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (!field || event.target.type === "search") return;
  if (event.target.dataset.maxLength) count(event.target);
  mark(field);
  check();
});

document.addEventListener("change", (event) => {
  const field = event.target.closest?.("#fields .field[data-pointer]");
  if (!field || (event.target.name ?? "").startsWith("~")) return;
  touched.add(field.dataset.pointer);
  mark(field);
  check(isChosen(event.target) ? 0 : CHECK_MILLISECONDS); // a choice is made, a text goes on
});

document.addEventListener("change", (event) => {
  if (event.target.name === "seen_by") check(); // it belongs to the draft
});

document.addEventListener("htmx:afterSettle", dress);
dress();
