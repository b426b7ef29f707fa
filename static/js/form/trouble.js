// The status line at the end of the page for errors of requests.

const said = { form: "", news: "" };

/** Show an error, or remove it with "". `source` is "form", or "news" for polling. */
export function show(source, words) {
  said[source] = words;
  const trouble = document.querySelector("#trouble");
  trouble.textContent = said.form || said.news;
  trouble.hidden = !trouble.textContent;
}
