// Translated texts for the scripts. The page contains them in its language: playground/script_texts.py.

const { lang } = document.documentElement;
const plurals = new Intl.PluralRules(lang);
const blocks = [...document.querySelectorAll("[id|=texts]")];
const texts = Object.assign({}, ...blocks.map((block) => JSON.parse(block.textContent)));

export const format = (number) => Number(number).toLocaleString(lang);

/** Return a text by its name, with its values filled in. The value `count` selects the plural form. */
export function text(name, values) {
  const found = texts[name];
  const words = found.other ? (found[plurals.select(values.count)] ?? found.other) : found;
  return words.replace(/%\((\w+)\)[sd]/g, (_, value) => values[value].toLocaleString(lang));
}
