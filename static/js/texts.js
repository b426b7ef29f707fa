// The texts of scripts come with the page, in its language: playground/script_texts.py.

const { lang } = document.documentElement;
const plurals = new Intl.PluralRules(lang);
const blocks = [...document.querySelectorAll("[id|=texts]")];
const texts = Object.assign({}, ...blocks.map((block) => JSON.parse(block.textContent)));

export const format = (number) => Number(number).toLocaleString(lang);

/** Return the text of a name with its values; `count` is the one that its plural form follows. */
export function text(name, values) {
  const found = texts[name];
  const words = found.other ? (found[plurals.select(values.count)] ?? found.other) : found;
  return words.replace(/%\((\w+)\)[sd]/g, (_, value) => values[value].toLocaleString(lang));
}
