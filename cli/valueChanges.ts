import type { ValueChange } from "../services/restoreService.ts";

/**
 * What differs in a record, for people, a line each: what is there now, and what it becomes.
 *
 * @param indent spaces before each line
 */
export function changeLines(changes: readonly ValueChange[], indent: string): string[] {
  return changes.flatMap(({ field, locale, from, to, blocks }) => {
    const name = locale === null ? field : `${field} (${locale})`;
    const values = from === null && to === null ? "" : `: ${shown(from)} → ${shown(to)}`;
    return [
      `${indent}${name}${values}`,
      ...blocks.flatMap(({ id, model, do: what, values }) => [
        `${indent}  block ${model} ${id} ${what}`,
        ...changeLines(values, `${indent}    `),
      ]),
    ];
  });
}

function shown(text: string | null): string {
  return text === null ? "nothing" : `“${text}”`;
}
