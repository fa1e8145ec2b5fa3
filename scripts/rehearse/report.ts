import { visibleLines } from "../../utils/visible.ts";
import type { Cost } from "./measure.ts";
import type { Artefact, Platform } from "./platform.ts";

const KIB = 1_024;
const NAME_WIDTH = 24;

export function say(text: string): void {
  process.stdout.write(`${visibleLines(text)}\n`);
}

/** Does one step and says in a line how it went; returns undefined where it failed. */
export async function step<T>(
  where: string,
  name: string,
  work: () => Promise<T>,
  tell: (result: T) => { text: string; more?: readonly string[] } = () => ({ text: "" }),
): Promise<T | undefined> {
  const began = performance.now();
  const line = (verdict: string, text: string) => {
    const time = `${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s`;
    say(`${where.padEnd(10)}  ${verdict.padEnd(6)}  ${name.padEnd(NAME_WIDTH)} ${time}  ${text}`.trimEnd());
  };
  try {
    const result = await work();
    const { text, more = [] } = tell(result);
    line("ok", text);
    for (const each of more) say(`${" ".repeat(20)}${each}`);
    return result;
  } catch (error) {
    const [first = "", ...others] = (error instanceof Error ? error.message : String(error)).split("\n");
    line("FAILED", first);
    for (const each of others) say(`${" ".repeat(20)}${each}`);
    return undefined;
  }
}

/** What was measured on one platform, as a small table. */
export function figures(
  { name, starts, cpuNote }: Platform,
  { sizeOf, size, contents }: Artefact,
  startMs: number,
  costs: readonly Cost[],
): string {
  const kib = (bytes: number) => `${(bytes / KIB).toFixed(1)} KiB`;
  const head = ["tick", "times", "DatoCMS calls", "CPU ms", "wall ms"];
  const rows = costs.map(({ kind, ticks, calls, cpuMs, wallMs }) => [
    kind,
    String(ticks),
    calls.toFixed(1),
    cpuMs === undefined ? "not measured" : cpuMs.toFixed(1),
    wallMs.toFixed(0),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const lines = [head, ...rows].map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  );
  return [
    "",
    `${name}: figures`,
    `  ${sizeOf}: ${size.bytes} bytes (${kib(size.bytes)}), gzip ${size.gzipBytes} bytes (${kib(size.gzipBytes)})`,
    `  ${contents}`,
    `  start-up, from the start of ${starts} to the first answer: ${startMs.toFixed(0)} ms`,
    ...lines.map((cells) => `  ${cells.join("  ")}`),
    `  ${cpuNote}`,
    "",
  ].join("\n");
}
