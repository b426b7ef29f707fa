// One line at the end of the page for what goes wrong.

const said = { form: "", news: "" };

/** Say it, or "" when it is over; `source` is what met it: the form, or the polls for news. */
export function show(source, words) {
  said[source] = words;
  const trouble = document.querySelector("#trouble");
  trouble.textContent = said.form || said.news;
  trouble.hidden = !trouble.textContent;
}
