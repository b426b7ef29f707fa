// Keeps the times on a page up to date, in the format of playground/moments.py: "2 min ago", and counters
// of seconds. Converts them to the browser's time zone, which the server does not know on a first visit.

import { text } from "./texts.js";

const { lang } = document.documentElement;
const LOCALE = lang === "en" ? "en-GB" : lang; // the server's format for English: "29 Nov, 16:30"
const DAY = { day: "numeric", month: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const FORMS = { day: DAY, clock: CLOCK, seconds: { ...CLOCK, second: "2-digit" } };

function elapsed(seconds) {
  const values = { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
  return text(values.minutes ? "minutesAndSeconds" : "seconds", values);
}

/** Return a relative time, as "2 min ago", for the last twelve hours, and "" for other times. */
function ago(minutes) {
  if (minutes < -1 || minutes >= 12 * 60) return "";
  if (minutes < 1) return text("justNow");
  if (minutes < 60) return text("minutesAgo", { count: minutes });
  return text("hoursAgo", { count: Math.round(minutes / 60) });
}

function local(at, how) {
  const form = FORMS[how] ?? { ...DAY, ...CLOCK };
  const isOther = form.day && at.getFullYear() !== new Date().getFullYear();
  const words = at.toLocaleString(LOCALE, isOther ? { ...form, year: "numeric" } : form);
  return words.replace("Sept", "Sep");
}

function updateTimes(selector) {
  for (const time of document.querySelectorAll(selector)) {
    const how = time.dataset.time;
    const at = new Date(time.dateTime);
    const seconds = Math.max(0, Math.floor((Date.now() - at) / 1000));
    const near = how === "ago" && ago(Math.round((Date.now() - at) / 60_000));
    const words = how === "elapsed" ? elapsed(seconds) : near || local(at, how);
    if (time.textContent !== words) time.textContent = words;
  }
}

export function refresh() {
  updateTimes("time[data-time]");
}

setInterval(updateTimes, 1000, "time[data-time=elapsed]");
setInterval(refresh, 60_000);
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"])
  document.addEventListener(name, refresh);
refresh();
