// Times as the reader's own clock and language have them, and "since 12:30:05" that counts on.
// Without this script they stand in the server's time.

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

function localize() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    const isToday = at.toDateString() === new Date().toDateString();
    time.textContent =
      FORMATS[
        time.dataset.local === "near" ? (isToday ? "clock" : "short") : time.dataset.local
      ].format(at);
  }
}

export function refresh() {
  count();
  localize();
}

setInterval(count, 1000);
for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"])
  document.addEventListener(name, refresh);
refresh();
