import { readCommandLine, wholeNumber } from "../cli/commandLine.ts";
import { shiftedClock } from "./clocks.ts";
import { generatedContent } from "./content/seeds/generated.ts";
import { nastyProject } from "./content/seeds/nasty.ts";
import { createEmulator, type ProjectOptions } from "./emulator.ts";

const COMMAND = {
  call: "npm run emulator",
  purpose: "Runs a local DatoCMS Content Management API. Nothing it does reaches DatoCMS.",
  options: {
    port: { type: "string", value: "<n>", default: "4010", help: "default 4010; 0: a free one" },
    token: {
      type: "string",
      value: "<text>",
      default: "demo-project-token",
      help: "API token of the project; default demo-project-token",
    },
    name: { type: "string", value: "<text>", default: "Demo project", help: "name of the project" },
    primary: {
      type: "string",
      value: "<id>",
      default: "main",
      help: "id of the primary environment; default main",
    },
    timezone: {
      type: "string",
      value: "<zone>",
      default: "Europe/London",
      help: "IANA time zone; default Europe/London",
    },
    "fork-ms": {
      type: "string",
      value: "<ms>",
      default: "5000",
      help: "how long a fork takes; default 5000",
    },
    "destroy-ms": {
      type: "string",
      value: "<ms>",
      default: "1000",
      help: "how long a destroy takes; default 1000",
    },
    "latency-ms": {
      type: "string",
      value: "<ms>",
      default: "0",
      help: "how long an answer takes; default 0",
    },
    "sandbox-limit": { type: "string", value: "<n>", help: "sandboxes the plan allows; default: no limit" },
    items: { type: "string", value: "<n>", default: "120", help: "records in the primary; default 120" },
    uploads: { type: "string", value: "<n>", default: "15", help: "assets in the primary; default 15" },
    content: {
      type: "string",
      value: "<size>",
      help: "records with content instead of mere totals: how many, or nasty; default: none",
    },
    "no-plugin": { type: "boolean", help: "the backup plugin is not installed" },
  },
  notes: `Reads no variables. GET /__emulator lists what can be controlled while it runs.
Exit code: 0 when told to end, 1 when it could not start, 2 for wrong options.`,
} as const;

interface Wanted {
  readonly port: number;
  readonly project: ProjectOptions;
}

const wanted = readCommandLine(COMMAND, (values): Wanted => {
  const whole = (option: keyof typeof values) => wholeNumber(option, String(values[option]));
  return {
    port: wholeNumber("port", values.port, { to: 65_535 }),
    project: {
      token: values.token,
      name: values.name,
      primary: values.primary,
      timezone: values.timezone,
      forkMs: whole("fork-ms"),
      destroyMs: whole("destroy-ms"),
      latencyMs: whole("latency-ms"),
      plan: { sandboxLimit: values["sandbox-limit"] === undefined ? null : whole("sandbox-limit") },
      items: whole("items"),
      uploads: whole("uploads"),
      ...contentOf(values.content),
      ...(values["no-plugin"] ? { plugin: null } : {}),
    },
  };
});
await start(wanted).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

/** @throws the error of a wrong option when it is neither a number nor "nasty" */
function contentOf(size: string | undefined): Partial<ProjectOptions> {
  if (size === undefined) return {};
  if (size === "nasty") return nastyProject();
  return { content: generatedContent({ records: wholeNumber("content", size) }) };
}

async function start({ port, project }: Wanted): Promise<void> {
  const emulator = createEmulator({ clock: shiftedClock() });
  const { name } = emulator.addProject(project);
  const server = await emulator.listen({ port, control: true });
  const assets = project.content ? await emulator.listenAssets() : undefined;
  process.stdout.write(`DatoCMS emulator on ${server.url} (baseUrl of the client)
Project "${name}", API token: ${project.token}
Control interface: ${server.url}/__emulator
${assets ? `Assets: ${assets.url} (instead of https://www.datocms-assets.com)\n` : ""}
Try: curl -H 'Authorization: Bearer ${project.token}' ${server.url}/environments

Ctrl-C stops it; all is forgotten then.
`);
  // Not once: npm passes on a Ctrl-C that came here too, and the second one would be the end.
  const stop = () => void Promise.all([server.close(), assets?.close()]).then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}
