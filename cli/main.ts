#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { keepHeapSmall } from "../node/smallHeap.ts";
import { onStopSignal } from "../node/stopSignals.ts";
import { systemClock } from "../utils/clock.ts";
import type { Output } from "./io.ts";
import { main } from "./program.ts";

keepHeapSmall();
/** The process's own streams, variables and time; the line ends with the process. */
const exit = await main(process.argv.slice(2), {
  environment: process.env,
  settingsFile: ".env",
  out: outputOf(process.stdout),
  outBytes: (bytes) => new Promise((resolve) => process.stdout.write(bytes, () => resolve())),
  err: outputOf(process.stderr),
  ask: process.stdin.isTTY === true && process.stderr.isTTY === true ? ask : undefined,
  clock: systemClock,
  fetch: (input, init) => fetch(input, init),
  interruption,
});
await Promise.all([process.stdout, process.stderr].map(written));
// The client's own time-outs would keep the process for half a minute.
process.exit(exit);

function outputOf(stream: NodeJS.WriteStream): Output {
  // Whoever reads it, such as `head`, may have seen enough.
  stream.on("error", () => process.exit(0));
  const isTerminal = stream.isTTY === true;
  return {
    write: (text) => void stream.write(text),
    isTerminal,
    columns: isTerminal ? stream.columns : undefined,
    hasColors: isTerminal && stream.hasColors(),
  };
}

/** The question goes where progress goes: standard output may be read by a program. Ctrl-C ends the process as ever. */
async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, terminal: false });
  process.stderr.write(question);
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const typed = await Promise.race([lines.question(""), ended]);
  lines.close();
  return typed;
}

function interruption(): AbortSignal {
  const interrupted = new AbortController();
  onStopSignal(async () => interrupted.abort(), 130);
  return interrupted.signal;
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
