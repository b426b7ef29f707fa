// Sends the reader's time zone to the server in a cookie: pictures are grouped by the reader's days. Reloads
// a page with days that was drawn before the server knew the time zone, as on a first visit.

import { keepCookie } from "./cookies.js";

function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const isTold = () => document.cookie.split("; ").includes(`timezone=${zone}`);
  if (!zone || isTold()) return;
  keepCookie("timezone", zone);
  const isUtc = ["UTC", "Etc/UTC", "GMT"].includes(zone); // the page was drawn in UTC already
  if (!isUtc && isTold() && document.querySelector("[data-days]")) location.reload();
}

tellZone();
