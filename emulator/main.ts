import { parseArgs } from "node:util";
import { shiftedClock } from "./clocks.ts";
import { createEmulator } from "./emulator.ts";

const help = `Runs a local DatoCMS Content Management API. Nothing it does reaches DatoCMS.

Usage: npm run emulator -- [options]

  --port <number>         default 4010; 0: a free one
  --token <text>          API token of the project; default demo-project-token
  --name <text>           name of the project; default Demo project
  --primary <id>          id of the primary environment; default main
  --timezone <zone>       IANA time zone; default Europe/London
  --fork-ms <ms>          how long a fork takes; default 5000
  --destroy-ms <ms>       how long a destroy takes; default 1000
  --latency-ms <ms>       how long an answer takes; default 0
  --sandbox-limit <n>     sandboxes the plan allows; default: no limit
  --items <n>             records in the primary; default 120
  --uploads <n>           assets in the primary; default 15
  --no-plugin             the backup plugin is not installed
  --help                  this text
`;

function parse() {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      port: { ...text, default: "4010" },
      token: { ...text, default: "demo-project-token" },
      name: { ...text, default: "Demo project" },
      primary: { ...text, default: "main" },
      timezone: { ...text, default: "Europe/London" },
      "fork-ms": { ...text, default: "5000" },
      "destroy-ms": { ...text, default: "1000" },
      "latency-ms": { ...text, default: "0" },
      "sandbox-limit": text,
      items: { ...text, default: "120" },
      uploads: { ...text, default: "15" },
      "no-plugin": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return values;
}

/** @returns a whole number that is not negative */
function whole(flag: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`--${flag} needs a whole number, not "${value}".`);
  return Number(value);
}

async function start(): Promise<void> {
  const flags = parse();
  if (flags.help) {
    process.stdout.write(help);
    return;
  }
  const limit = flags["sandbox-limit"];
  const emulator = createEmulator({ clock: shiftedClock() });
  emulator.addProject({
    token: flags.token,
    name: flags.name,
    primary: flags.primary,
    timezone: flags.timezone,
    forkMs: whole("fork-ms", flags["fork-ms"]),
    destroyMs: whole("destroy-ms", flags["destroy-ms"]),
    latencyMs: whole("latency-ms", flags["latency-ms"]),
    plan: { sandboxLimit: limit === undefined ? null : whole("sandbox-limit", limit) },
    items: whole("items", flags.items),
    uploads: whole("uploads", flags.uploads),
    ...(flags["no-plugin"] ? { plugin: null } : {}),
  });
  const server = await emulator.listen({ port: whole("port", flags.port), control: true });
  process.stdout.write(`DatoCMS emulator on ${server.url} (baseUrl of the client)
Project "${flags.name}", API token: ${flags.token}
Control interface: ${server.url}/__emulator

Try: curl -H 'Authorization: Bearer ${flags.token}' ${server.url}/environments

Ctrl-C stops it; all is forgotten then.
`);
  // Not once: npm passes on a Ctrl-C that came here too, and the second one would be the end.
  const stop = () => void server.close().then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee --help.\n`);
  process.exitCode = 1;
});
