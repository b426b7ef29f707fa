// The server is told the reader's time zone, so that the days of pictures are theirs. A page of days
// that were not, as the very first one, is asked for once more.
function tellZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const cookie = `timezone=${zone}`;
  const isTold = () => document.cookie.split("; ").includes(cookie);
  if (!zone || isTold()) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = `${cookie}; path=/; max-age=31536000; samesite=lax${secure}`;
  const isUtc = ["UTC", "Etc/UTC", "GMT"].includes(zone); // as the page has it already
  if (!isUtc && isTold() && document.querySelector("[data-days]")) location.reload();
}

tellZone();
