// Sends the reader's time zone to the server in a cookie: pictures are grouped by the reader's days. Reloads
// a page with days that was drawn before the server knew the time zone, as on a first visit.

import { setCookie } from "./cookies.js";

function sendZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const isSent = () => document.cookie.split("; ").includes(`timezone=${zone}`);
  if (!zone || isSent()) return;
  setCookie("timezone", zone);
  const isUtc = ["UTC", "Etc/UTC", "GMT"].includes(zone); // the page was drawn in UTC already
  if (!isUtc && isSent() && document.querySelector("[data-days]")) location.reload();
}

sendZone();
