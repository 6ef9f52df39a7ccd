// What the modules say of each other, as they are put together into one function:
// there a name means one thing, and what is not imported would be found all the same.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

const folder = new URL('..', import.meta.url);
const modules = readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => {
  const text = readFileSync(new URL(name, folder), 'utf8').replace(/\/\/.*/g, '').replace(/'(\\.|[^'\n])*'/g, "''");
  const source = readFileSync(new URL(name, folder), 'utf8');
  const imports = [...source.matchAll(/^import \{ (.*) \} from '\.\/(.*)';$/gm)].flatMap(([, names]) => names.split(', '));
  const lines = text.split('\n');
  const declared = lines.flatMap((line) => {
    const [, word, rest] = line.match(/^(?:export )?(function|const) (.*)/) ?? [];
    if (!word) return [];
    const isList = word === 'const' && /^\w+ = \d+, \w+ = /.test(rest);
    return isList ? [...rest.matchAll(/(\w+) = /g)].map(([, one]) => one) : [rest.match(/^\w+/)[0]];
  });
  const body = lines.filter((line) => !line.startsWith('import ')).join('\n');
  return { name, imports, declared, body };
});
const home = new Map(modules.flatMap(({ name, declared }) => declared.map((one) => [one, name])));

// Whether a module calls a function, or names a constant, that is not its own.
const uses = (body, name) => new RegExp(/^[A-Z]/.test(name) ? `(?<![\\w.])${name}\\b` : `(?<![\\w.])${name}\\((?![^()\\n]*\\) \\{$)`, 'm').test(body);

test('every name is declared once', () => {
  const all = modules.flatMap(({ declared }) => declared);
  assert.deepEqual(all.filter((name, at) => all.indexOf(name) !== at), []);
});

for (const { name, imports, declared, body } of modules) {
  test(`${name} imports what it uses, and nothing else`, () => {
    const idle = imports.filter((one) => !new RegExp(`(?<![\\w.])${one}\\b`).test(body));
    assert.deepEqual(idle, []);
    const missing = [...home.keys()].filter((one) => !declared.includes(one) && !imports.includes(one) && uses(body, one));
    assert.deepEqual(missing, []);
  });
}

test('the player starts on no page that has none', async () => {
  globalThis.document = { getElementById: () => null };
  await import('../main.js');
});
