// Tells the server the reader's time zone, so that days are theirs. A page whose days are not, as the
// very first one, is asked for once more.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const cookie = `timezone=${zone}`;
const isTold = () => document.cookie.split("; ").includes(cookie);

if (zone && !isTold()) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${cookie}; path=/; max-age=31536000; samesite=lax${secure}`;
  if (isTold() && document.querySelector("[data-days]")) location.reload();
}
