import type { Cadence } from "./cadence.ts";

/** The four kinds of backup, as people say them. */
export const KIND: Readonly<Record<Cadence, string>> = {
  daily: "daily",
  weekly: "weekly",
  biweekly: "every two weeks",
  monthly: "monthly",
};

/** The kind before the word "backup". */
export function adjective(cadence: Cadence): string {
  return KIND[cadence].replaceAll(" ", "-");
}

/** @param nouns where an s alone does not make it */
export function counted(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

export function capitalised(sentence: string): string {
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** Bytes for people: `4.8 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1_024 && unit < UNITS.length - 1; unit += 1) value /= 1_024;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
