const YEAR_SECONDS = 365 * 24 * 3600;

/** Set a cookie for a year. The server reads it with each request. */
export function setCookie(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax${secure}`;
}
