// Find what a page's layout does to its words; return one line for each fault, [] for none.
//
// A word is what stands between spaces and hyphens; up to WORD characters are kept together, longer
// ones (a name without a space) may be broken. Text up to LABEL characters is a label of ours: it is never cut
// off. A control is what is pressed, or what looks like it.

(lengths) => {
  const { word: WORD = 20, label: LABEL = 24 } = lengths ?? {};
  const CONTROLS = "a, button, summary, label, legend, th, .button, .chip, .tag, .status";
  const isHan = (text) => /\p{Script=Han}/u.test(text); // a line may end between any two of these
  const NO_WORDS = "script, style, template, noscript, svg, option, textarea, datalist, .visually-hidden";
  const faults = new Set();

  const kept = new Map();
  const styleOf = (element) => kept.get(element) ?? kept.set(element, getComputedStyle(element)).get(element);
  const isHiddenFromEyes = (element) => ancestors(element).some((each) => styleOf(each).clipPath === "inset(50%)");
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true })
    && !element.closest(NO_WORDS) && !isHiddenFromEyes(element);
  const say = (element) => {
    const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    const name = element.id ? `#${element.id}` : `.${element.className || element.tagName}`;
    return `${name} “${text}”`;
  };

  function linesOf(rects) {
    const lines = [];
    for (const rect of [...rects].sort((a, b) => a.top - b.top)) {
      const last = lines.at(-1);
      if (last && rect.top < last.bottom - 3) last.bottom = Math.max(last.bottom, rect.bottom);
      else lines.push({ bottom: rect.bottom });
    }
    return lines.length;
  }

  function ancestors(element) {
    const found = [];
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) found.push(at);
    return found;
  }

  // What cuts off what stands in it, and what can be scrolled to show it.
  const clipsOf = (element) => ancestors(element).filter((each) => /hidden|clip/.test(styleOf(each).overflowX));
  const scrollersOf = (element) => ancestors(element).filter((each) => /auto|scroll/.test(styleOf(each).overflowX + styleOf(each).overflowY));
  const layerOf = (element) => ancestors(element).find((each) => /fixed|sticky/.test(styleOf(each).position) || styleOf(each).zIndex !== "auto" || each.matches("[popover], dialog")) ?? null;

  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || !isShown(parent)) continue;
    for (const match of node.data.matchAll(/[^\s…-]+/gu)) {
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const rects = [...range.getClientRects()].filter((rect) => rect.width > 0);
      if (rects.length) words.push({ text: match[0], node, parent, rects, box: range.getBoundingClientRect() });
    }
  }

  for (const { text, parent, rects } of words) {
    const isPiece = parent.matches("del, ins"); // of a longer word, in a comparison of two texts
    if (text.length <= WORD && !isPiece && !isHan(text) && linesOf(rects) > 1) faults.add(`broken word “${text}” in ${say(parent)}`);
  }

  const isControl = (element) => isShown(element) && !element.closest("[disabled] *, pre");
  for (const control of [...document.querySelectorAll(CONTROLS)].filter(isControl)) {
    const text = control.textContent.trim().replace(/\s+/g, " ");
    const mine = words.filter((word) => control.contains(word.node));
    if (!mine.length) continue;
    const isInline = styleOf(control).display === "inline";
    const isButton = control.matches("button, .button, summary, .chip, .tag, .status");
    const most = Math.max(isButton && text.length <= 20 ? 1 : 2, Math.ceil(text.length / 18));
    const count = linesOf(mine.flatMap((word) => word.rects));
    const hasName = mine.some((word) => word.text.length > WORD);
    if (isButton && count > most && !hasName) faults.add(`${count} lines in ${say(control)}`);
    const box = control.getBoundingClientRect();
    for (const word of mine) {
      const isOut = word.box.left < box.left - 1 || word.box.right > box.right + 1;
      const isCut = clipsOf(word.parent).some((clip) => control.contains(clip));
      if (isOut && !isCut && !isInline) faults.add(`“${word.text}” sticks out of ${say(control)}`);
      if (text.length > LABEL || word.text.length > WORD) continue;
      for (const clip of clipsOf(word.parent)) {
        const edge = clip.getBoundingClientRect();
        if (word.box.left < edge.left - 1 || word.box.right > edge.right + 1) faults.add(`“${word.text}” is cut off in ${say(control)}`);
      }
    }
    if (!scrollersOf(control).length && (box.left < -1 || box.right > innerWidth + 1)) faults.add(`out of the window: ${say(control)}`);
  }

  // Words over words, where both are seen.
  const seen = words.filter(({ box, parent }) => [...scrollersOf(parent), ...clipsOf(parent)].every((each) => {
    const edge = each.getBoundingClientRect();
    return box.left >= edge.left - 1 && box.right <= edge.right + 1 && box.top >= edge.top - 1 && box.bottom <= edge.bottom + 1;
  })).map((word) => ({ ...word, layer: layerOf(word.parent) })).sort((a, b) => a.box.top - b.box.top);
  for (const [index, word] of seen.entries()) {
    for (let other = index + 1; seen[other] && seen[other].box.top < word.box.bottom - 4; other += 1) {
      const { box, node, layer, parent } = seen[other];
      if (node === word.node || layer !== word.layer) continue;
      const across = Math.min(box.right, word.box.right) - Math.max(box.left, word.box.left);
      const down = Math.min(box.bottom, word.box.bottom) - Math.max(box.top, word.box.top);
      if (across > 2 && down > 4 && word.rects.length === 1 && seen[other].rects.length === 1) faults.add(`“${word.text}” over “${seen[other].text}” in ${say(parent)}`);
    }
  }

  if (document.documentElement.scrollWidth > innerWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((each) => isShown(each) && each.getBoundingClientRect().right > innerWidth + 1 && !scrollersOf(each.parentElement).length && !clipsOf(each.parentElement).length);
    faults.add(`scrolls sideways (${document.documentElement.scrollWidth} of ${innerWidth}): ${wide.slice(-3).map(say).join(", ")}`);
  }
  return [...faults];
}
