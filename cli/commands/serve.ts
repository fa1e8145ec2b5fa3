import * as z from "zod/mini";
import { defineCommand } from "../command.ts";
import { CommandError } from "../errors.ts";

export const serve = defineCommand({
  name: "serve",
  summary: "run the service and its schedule on this machine",
  description:
    "Runs the service and its schedule until it is told to end (Ctrl-C, SIGTERM), as npm start does. The log goes to standard output. Exit status 0 when told to end, 1 when it could not start.",
  flags: [
    { flags: "--port <number>", help: "instead of PORT; 0: a free one" },
    { flags: "--host <address>", help: "instead of HOST" },
  ],
  examples: [
    ["serve", "by the settings of .env"],
    ["serve --port 9000 --host 127.0.0.1", "for this machine only"],
  ],
  options: z.object({ port: z.optional(z.string()), host: z.optional(z.string()) }),
  endsItself: true,
  async run({ settings }, { port, host }) {
    const variables = {
      ...settings().variables,
      ...(port !== undefined && { PORT: port }),
      ...(host !== undefined && { HOST: host }),
    };
    // No other command needs the server.
    const { serverLogger, startProblem, startServing } = await import("../../node/serve.ts");
    try {
      await startServing(variables, serverLogger(variables));
    } catch (error) {
      throw new CommandError(1, "NOT_STARTED", startProblem(error));
    }
    return new Promise<never>(() => {});
  },
});
