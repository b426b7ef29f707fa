// Times in the words of playground/moments.py: "2 min ago" is kept up to date, a counter counts on,
// and where the server knows no time zone yet they are in the one of the browser.

const { lang } = document.documentElement;
const LOCALE = lang === "en" ? "en-GB" : lang; // as the server writes English: "29 Nov, 16:30"
const DAY = { day: "numeric", month: "short" };
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const FORMS = { day: DAY, clock: CLOCK, seconds: { ...CLOCK, second: "2-digit" } };

function elapsed(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Return "2 min ago" within twelve hours; "" of other times. */
function ago(minutes) {
  if (minutes < -1 || minutes >= 12 * 60) return "";
  if (minutes < 1) return "just now";
  return minutes < 60 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

function local(at, how) {
  const form = FORMS[how] ?? { ...DAY, ...CLOCK };
  const isOther = form.day && at.getFullYear() !== new Date().getFullYear();
  const words = at.toLocaleString(LOCALE, isOther ? { ...form, year: "numeric" } : form);
  return words.replace("Sept", "Sep");
}

function write(selector) {
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
  write("time[data-time]");
}

setInterval(write, 1000, "time[data-time=elapsed]");
setInterval(refresh, 60_000);
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"])
  document.addEventListener(name, refresh);
refresh();
