// What is done to selected results comes with the first of them: a page without any is light.

const list = document.querySelector("#runs");

function load() {
  if (!list?.dataset.script || !list.querySelector(".run")) return;
  const script = document.createElement("script");
  script.type = "module";
  script.src = list.dataset.script;
  delete list.dataset.script;
  document.head.append(script);
}

document.addEventListener("htmx:oobAfterSwap", load);
load();
