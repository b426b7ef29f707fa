// The server is told the reader's time zone, so that the days of pictures are theirs. A page of days
// that were not, as the very first one, is asked for once more.

import { keepCookie } from "./cookies.js";

function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const isTold = () => document.cookie.split("; ").includes(`timezone=${zone}`);
  if (!zone || isTold()) return;
  keepCookie("timezone", zone);
  const isUtc = ["UTC", "Etc/UTC", "GMT"].includes(zone); // as the page has it already
  if (!isUtc && isTold() && document.querySelector("[data-days]")) location.reload();
}

tellZone();
