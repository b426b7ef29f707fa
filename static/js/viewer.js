// One picture at a time: keys, swipes, zoom, full screen. Each picture is a page with an address.

const stage = () => document.querySelector("#stage");
const turn = (rel) => document.querySelector(`.viewer__turn[rel=${rel}]`);
const say = (words) => { document.querySelector("#announcement").textContent = words; };

async function go(address, isBack) {
  const wasFull = Boolean(document.fullscreenElement);
  const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) { location.href = address; return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("#viewer");
  if (!next) { location.href = address; return; }
  if (wasFull) { // the stage stays what is full, so only what stands in it changes
    stage().replaceChildren(...next.querySelector("#stage").childNodes);
    next.querySelector("#stage").replaceWith(stage());
  }
  document.querySelector("#viewer").replaceWith(next);
  document.title = page.title;
  if (!isBack) history.pushState({}, "", address);
  dress();
  say(page.title);
}

window.addEventListener("popstate", () => go(location.href, true));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".viewer__turn");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
    event.preventDefault();
    go(link.href);
  } else if (event.target.matches?.("#stage img")) zoom();
  else if (event.target.closest?.("#fullscreen")) stage().requestFullscreen();
});

function zoom() {
  if (stage().hasAttribute("data-zoom")) stage().removeAttribute("data-zoom");
  else stage().setAttribute("data-zoom", "");
}

// Stars, tags and the trash: done in place, and then on to the next.

async function sort(button, moveOn) {
  const form = document.querySelector("#sorting");
  if (!form) return;
  const body = new FormData(form);
  body.append("do", button);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  const words = await answer.text();
  say(words);
  const trouble = document.querySelector("#trouble");
  trouble.textContent = answer.ok ? "" : words;
  trouble.hidden = answer.ok;
  if (!answer.ok) return;
  const next = moveOn && (turn("next") ?? turn("prev"));
  if (next) await go(next.href);
  else await go(location.href, true);
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "sorting") return;
  event.preventDefault();
  const deed = event.submitter?.value ?? "tag";
  sort(deed, deed === "trash");
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select, video, audio") || event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "ArrowLeft") turn("prev")?.click();
  else if (event.key === "ArrowRight") turn("next")?.click();
  else if (/^[0-5]$/.test(event.key)) sort(`stars ${event.key}`, true);
  else if (event.key === "x" || event.key === "Delete") sort("trash", true);
  else if (event.key === "t") { event.preventDefault(); document.querySelector("#tag")?.focus(); }
  else if (event.key === "z") zoom();
  else if (event.key === "f") stage().requestFullscreen();
  else if (event.key === "Escape" && !document.fullscreenElement) document.querySelector("#back").click();
});

// A swipe turns; a pinch, or a zoomed picture that is moved, does not.

let start = null;

document.addEventListener("touchstart", (event) => {
  const isOnStage = event.target.closest?.("#stage") && event.touches.length === 1;
  start = isOnStage && !stage().hasAttribute("data-zoom") ? event.touches[0].clientX : null;
}, { passive: true });

document.addEventListener("touchend", (event) => {
  if (start === null) return;
  const moved = event.changedTouches[0].clientX - start;
  if (Math.abs(moved) > 60) turn(moved > 0 ? "prev" : "next")?.click();
  start = null;
});

// The neighbours are fetched ahead.

function dress() {
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
  for (const link of document.querySelectorAll("[data-ahead]")) if (link.dataset.ahead) new Image().src = link.dataset.ahead;
}

dress();
