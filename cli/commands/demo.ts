import * as z from "zod/mini";
import { defineCommand } from "../command.ts";
import { CommandError, usageError } from "../errors.ts";

export const demo = defineCommand({
  name: "demo",
  summary: "show the service at work beside a simulated DatoCMS",
  description:
    "Shows the service at work beside a simulated DatoCMS, in about 8 seconds. It needs no account and no setting, and nothing reaches DatoCMS.",
  flags: [
    { flags: "--once", help: "end after the story instead of serving on" },
    { flags: "--verbose", help: "every call, answer and environment: some 210 lines" },
    { flags: "--port <number>", help: "port of the service; default 8787 or the next free one" },
  ],
  examples: [
    ["demo", "the story, and then a service to try"],
    ["demo --once --verbose", "the long story, and no more"],
  ],
  options: z.object({
    once: z.optional(z.boolean()),
    verbose: z.optional(z.boolean()),
    port: z.optional(z.string()),
  }),
  endsItself: true,
  async run(_, { once = false, verbose = false, port }) {
    const number = port === undefined ? undefined : portOf(port);
    const { isTaken, showDemo } = await loaded();
    try {
      await showDemo({ once, verbose, port: number });
    } catch (error) {
      if (!isTaken(error)) throw error;
      throw new CommandError(1, "PORT_IN_USE", `Port ${port} is in use. Give another one with --port.`);
    }
    return new Promise<never>(() => {});
  },
});

/** The demo and its DatoCMS are part of the repository, and of no package. */
async function loaded() {
  try {
    return await import("../../node/demo/show.ts");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")) throw error;
    throw new CommandError(
      1,
      "NO_DEMO_HERE",
      "The demo is part of the repository, not of this package. In a clone of it, run: npm run demo",
    );
  }
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw usageError(`--port must be a whole number from 0 to 65535, not '${text}'.`);
}
