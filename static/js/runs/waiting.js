// Updates the progress meters of runs each second, by the expected duration; marks runs that take longer.

function updateMeters() {
  for (const meter of document.querySelectorAll(".wait__meter")) {
    const wait = meter.closest(".wait");
    const { dateTime } = wait.querySelector("time");
    const seconds = Math.max(0, (Date.now() - Date.parse(dateTime)) / 1000);
    meter.value = Math.min(seconds, meter.max);
    wait.toggleAttribute("data-late", seconds > meter.max);
  }
}

setInterval(updateMeters, 1000);
