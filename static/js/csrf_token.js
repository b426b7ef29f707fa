/**
 * Replace the CSRF tokens of a page that was open for a long time; return whether a new one was found.
 */
export async function renewToken() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("main [name=csrfmiddlewaretoken]");
    if (fresh)
      for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]"))
        input.value = fresh.value;
    return Boolean(fresh);
  } catch {
    return false;
  }
}
