type Value = string | number | boolean;
export type Table = { [key: string]: Value | Table | Table[] };

/**
 * Reads the part of TOML that netlify.toml is written in: tables, lists of tables, and texts, numbers and
 * booleans of one line.
 *
 * @throws Error at anything else: what is not understood must not be taken for absent
 */
export function readToml(text: string): Table {
  const root: Table = {};
  let table = root;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    const list = /^\[\[(\w+)\]\]$/.exec(line)?.[1];
    const header = /^\[([\w.]+)\]$/.exec(line)?.[1];
    const pair = /^([\w-]+) = (.+)$/.exec(line);
    if (line === "" || line.startsWith("#")) continue;
    if (list !== undefined) table = appended(root, list);
    else if (header !== undefined) table = header.split(".").reduce(within, root);
    else if (pair?.[1] !== undefined && !(pair[1] in table)) table[pair[1]] = scalarOf(pair[2] ?? "");
    else throw new Error(`netlify.toml, line ${index + 1}: not understood, or said twice: ${line}`);
  }
  return root;
}

function appended(root: Table, name: string): Table {
  const list = root[name] ?? [];
  if (!Array.isArray(list)) throw new Error(`netlify.toml: ${name} is no list`);
  const table: Table = {};
  root[name] = [...list, table];
  return table;
}

function within(parent: Table, name: string): Table {
  const child = parent[name] ?? {};
  if (typeof child !== "object" || Array.isArray(child)) throw new Error(`netlify.toml: ${name} is no table`);
  parent[name] = child;
  return child;
}

/** Texts between double quotes, numbers and booleans are written as in JSON. */
function scalarOf(text: string): Value {
  const value: unknown = JSON.parse(text);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new Error(`netlify.toml: not understood: ${text}`);
}
