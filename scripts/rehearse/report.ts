import { visibleLines } from "../../utils/visible.ts";
import type { Cost } from "./measure.ts";
import type { Artefact, Platform, Size } from "./platform.ts";

const KIB = 1_024;
const NAME_WIDTH = 24;

export function say(text: string): void {
  process.stdout.write(`${visibleLines(text)}\n`);
}

/** Tells of the steps at one place, in a line each. */
export class Report {
  /** The steps that failed, each with its reason. */
  readonly failures: string[] = [];
  private readonly where: string;
  /** Says something of more lines, such as figures. */
  readonly say: (text: string) => void;

  /** @param write takes the lines */
  constructor(where: string, write: (text: string) => void = say) {
    this.where = where.padEnd(10);
    this.say = write;
  }

  /** Does one step and says how it went; returns undefined where it failed. */
  async step<T>(
    name: string,
    work: () => Promise<T>,
    tell: (result: T) => { text: string; more?: readonly string[] } = () => ({ text: "" }),
  ): Promise<T | undefined> {
    const began = performance.now();
    const line = (verdict: string, text: string, more: readonly string[]) => {
      const time = `${((performance.now() - began) / 1_000).toFixed(1).padStart(5)} s`;
      const head = `${this.where}  ${verdict.padEnd(6)}  ${name.padEnd(NAME_WIDTH)} ${time}  ${text}`;
      this.say([head.trimEnd(), ...more.map((each) => `${" ".repeat(20)}${each}`)].join("\n"));
    };
    try {
      const result = await work();
      const { text, more = [] } = tell(result);
      line("ok", text, more);
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.failures.push(`${name}: ${reason}`);
      const [first = "", ...others] = reason.split("\n");
      line("FAILED", first, others);
      return undefined;
    }
  }

  /** Says something that belongs to no step. */
  note(text: string): void {
    this.say(`${this.where}          ${text}`);
  }
}

/** What was measured while a deployment ran. */
export interface Figures {
  /** From its start to the first answer. */
  readonly startMs: number;
  readonly costs: readonly Cost[];
}

/** What was measured on one platform, as a small table. */
export function figures(
  { name, starts, cpuNote }: Platform,
  { sizeOf, contents }: Artefact,
  size: Size,
  { startMs, costs }: Figures,
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
