// What fields do beyond plain controls: parts that come and go without a button, a slider beside a
// number, characters counted, what was changed and the way back, and errors while one types.
// Without this script each of these has its button, or waits for Generate.

const CHECK_MILLISECONDS = 500;
const LONG_LIST = 15;

const form = () => document.querySelector("#form");
const fields = () => document.querySelector("#fields");
const touched = new Set();
let pressed = "";
let openBefore = [];

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
});

// Around a swap of the fields: open parts stay open, and the focus goes where the work goes on.

const nameOf = (details) => details.querySelector("summary").textContent + [...document.querySelectorAll("#fields details")].filter((other) => other.querySelector("summary").textContent === details.querySelector("summary").textContent).indexOf(details);

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "fields") return;
  openBefore = [...fields().querySelectorAll("details[open]")].map(nameOf);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "fields") return;
  for (const details of fields().querySelectorAll("details")) {
    if (openBefore.includes(nameOf(details))) details.open = true;
  }
  moveFocus();
  dress();
});

function moveFocus() {
  const [action, pointer] = pressed.split(" ");
  const part = pressed && [...fields().querySelectorAll('button[name="~do"]')].find((button) => button.value === pressed);
  if (action === "add") {
    const rows = part?.parentElement.querySelectorAll(":scope > .rows > .rows__item");
    rows?.[rows.length - 1]?.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  } else if (part) {
    part.focus();
  } else if (pointer) {
    const above = pointer.slice(0, pointer.lastIndexOf("/"));
    [...fields().querySelectorAll('button[name="~do"]')].find((button) => button.value === `add ${above}`)?.focus();
  }
  pressed = "";
}

// Sliders, counters, long lists.

function dress() {
  for (const slider of document.querySelectorAll("#fields input[data-mirrors][hidden]")) {
    const number = document.getElementById(slider.dataset.mirrors);
    slider.hidden = false;
    slider.value = number.value || slider.min;
    slider.addEventListener("input", () => {
      number.value = slider.value;
      number.dispatchEvent(new Event("input", { bubbles: true }));
    });
    slider.addEventListener("change", () => number.dispatchEvent(new Event("change", { bubbles: true })));
    number.addEventListener("input", () => { slider.value = number.value || slider.min; });
  }
  for (const text of document.querySelectorAll("#fields [data-max-length]")) count(text);
  for (const select of document.querySelectorAll("#fields select:not([data-searched])")) {
    if (select.options.length > LONG_LIST) makeSearchable(select);
  }
  for (const field of document.querySelectorAll("#fields .field[data-pointer]")) mark(field);
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
  counter.textContent = `${length} / ${text.dataset.maxLength}`;
  counter.toggleAttribute("data-over", length > Number(text.dataset.maxLength));
}

function makeSearchable(select) {
  select.dataset.searched = "";
  const options = [...select.options];
  const search = document.createElement("input");
  search.type = "search";
  search.className = "field__search";
  search.placeholder = `Search ${options.length} options`;
  search.setAttribute("aria-label", "Search the list below");
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase();
    select.replaceChildren(...options.filter((option) => option.selected || option.text.toLowerCase().includes(words)));
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "ArrowDown") select.focus();
  });
  select.before(search);
}

// What differs from how the form was opened is marked, with a way back.

const controlsOf = (field) => [...field.querySelectorAll("input:not([type=hidden], [type=file], [data-mirrors], [type=search]), textarea, select")].filter((control) => control.closest("[data-pointer]") === field && control.name);

function isChanged(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control instanceof HTMLSelectElement) return [...control.options].some((option) => option.selected !== option.defaultSelected) && control.selectedIndex !== 0;
  return control.value !== control.defaultValue;
}

function mark(field) {
  const changed = controlsOf(field).some(isChanged);
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
    if (control.type === "checkbox" || control.type === "radio") control.checked = control.defaultChecked;
    else if (control instanceof HTMLSelectElement) for (const option of control.options) option.selected = option.defaultSelected;
    else control.value = control.defaultValue;
  }
  controls[0]?.focus();
  controls[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  controls[0]?.dispatchEvent(new Event("change", { bubbles: true }));
}

// Errors while one types: only where something has been typed, and where a rule ties it to others.

let timer = 0;
let asked = 0;

function check() {
  clearTimeout(timer);
  timer = setTimeout(ask, CHECK_MILLISECONDS);
}

async function ask() {
  const number = ++asked;
  const body = new FormData(form());
  for (const input of form().querySelectorAll("input[type=file]")) body.delete(input.name);
  for (const text of form().querySelectorAll(".files__url")) body.append(text.name, text.value);
  let answer;
  try {
    answer = await fetch(form().dataset.check, { method: "POST", body, headers: { "HX-Request": "true" } });
  } catch {
    return; // Generate will say it
  }
  if (!answer.ok || number !== asked) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number === asked) showErrors(drawn);
}

const pointersIn = (root) => [...root.querySelectorAll("[data-pointer]")].map((part) => part.dataset.pointer).join("\n");

function showErrors(drawn) {
  if (pointersIn(drawn) !== pointersIn(fields())) {
    htmx.ajax("POST", form().dataset.check.replace("?check", ""), { source: form(), target: "#fields", swap: "innerHTML" });
    return;
  }
  for (const field of fields().querySelectorAll(".field[data-pointer]")) {
    if (!touched.has(field.dataset.pointer)) continue;
    const twin = [...drawn.querySelectorAll(".field[data-pointer]")].find((other) => other.dataset.pointer === field.dataset.pointer);
    showError(field, twin?.querySelector(":scope > .field__error"));
  }
}

function showError(field, error) {
  const shown = field.querySelector(":scope > .field__error");
  if (shown?.textContent.trim() === error?.textContent.trim()) return;
  shown?.remove();
  if (error) field.append(error);
  for (const control of controlsOf(field)) {
    if (error) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    describe(control, error?.id ?? shown.id, Boolean(error));
  }
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
  check();
});

document.addEventListener("htmx:afterSettle", dress);
dress();
