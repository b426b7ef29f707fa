// Times as the reader's own clock and language have them, and "since 12:30:05" that counts on.
// Without this script they are in the server's time.

const FORMATS = {
  short: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }),
  medium: new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }),
  date: new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }),
  clock: new Intl.DateTimeFormat(undefined, { timeStyle: "short" }),
  time: new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }),
};

function count() {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time.dateTime)) / 1000));
    time.textContent =
      seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
}

/** Return "2 min ago" of what was today; "" of earlier times. */
function sayAgo(at) {
  const minutes = Math.round((Date.now() - at) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  return minutes < 12 * 60 ? `${Math.round(minutes / 60)} h ago` : "";
}

function localize() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    time.textContent =
      (time.dataset.local === "ago" && sayAgo(at)) ||
      FORMATS[
        ["near", "ago"].includes(time.dataset.local)
          ? isToday
            ? "clock"
            : "short"
          : time.dataset.local
      ].format(at);
  }
}

export function refresh() {
  count();
  localize();
}

setInterval(count, 1000);
setInterval(localize, 60_000);
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"])
  document.addEventListener(name, refresh);
refresh();
