// Elements of the page.

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function listOf(rows) {
  const list = element('dl');
  for (const [name, value, className] of rows) {
    const row = element('div', className);
    row.append(element('dt', '', name), element('dd', '', value));
    list.append(row);
  }
  return list;
}
