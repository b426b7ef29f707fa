// Return what people read on a page: its texts, hidden ones too, and those of attributes.

(attributes) => {
  // Code, names of languages, and the values of two versions that are compared.
  const OF_PROGRAMS = "script, style, code, kbd, pre, textarea, [lang]:not(html), del, ins";
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.closest(OF_PROGRAMS)) found.push(node.data.trim().replace(/\s+/g, " "));
  }
  for (const element of document.body.querySelectorAll("*")) {
    for (const name of attributes) found.push(element.getAttribute(name) ?? "");
  }
  return [...new Set(found)].filter(Boolean);
};
