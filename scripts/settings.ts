import { readCommandLine } from "../cli/commandLine.ts";
import { DOCUMENTATION } from "../utils/settings/documentation.ts";
import type { Kind } from "../utils/settings/kinds.ts";
import { namesOf, SETTINGS, type SettingName } from "../utils/settings/table.ts";
import { bringUpToDate } from "./generated.ts";

/** Works on the current directory, which npm makes the package's. */
const COMMAND = {
  call: "npm run settings",
  purpose: "Writes the table of docs/settings.md, and .env.example, from the table of settings.",
  options: { check: { type: "boolean", help: "change nothing; fail where one is out of date" } },
  notes: `Reads no variables.
Exit code: 0 when they are up to date or written, 1 when --check fails, 2 for wrong options.`,
} as const;

const BEGIN = "<!-- settings: npm run settings -->";
const END = "<!-- /settings -->";
const HEAD =
  "# Save this file as .env and fill it in: `npm start` reads it. Blank values count as not set; a value with ` #` in it needs quotes.";

/** @returns docs/settings.md with the table between its markers */
function settingsPage(text = ""): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`docs/settings.md has no ${BEGIN}, or no ${END} behind it.`);
  const rows = namesOf(DOCUMENTATION).map(
    (name) => `| \`${name}\` |${` ${defaultOf(name)}`.trimEnd()} | ${DOCUMENTATION[name].does} |`,
  );
  const table = ["| Variable | Default | What it does |", "|---|---|---|", ...rows].join("\n");
  return `${text.slice(0, begin)}${BEGIN}\n\n${table}\n\n${text.slice(end)}`;
}

function defaultOf(name: SettingName): string {
  const { byDefault }: Kind = SETTINGS[name];
  return DOCUMENTATION[name].byDefault ?? (byDefault === undefined ? "" : `\`${byDefault}\``);
}

function environmentExample(): string {
  const lines = namesOf(DOCUMENTATION).map((name) => {
    const { comment, sample, asked } = DOCUMENTATION[name];
    const { byDefault = "" }: Kind = SETTINGS[name];
    const line = asked ? `${name}=` : `# ${name}=${sample ?? byDefault}`;
    return comment === undefined ? line : `\n# ${comment}\n${line}`;
  });
  return `${[HEAD, ...lines].join("\n")}\n`;
}

const options = readCommandLine(COMMAND, ({ check = false }) => ({ check }));
const files = { "docs/settings.md": settingsPage, ".env.example": environmentExample };
bringUpToDate({ call: COMMAND.call, files }, options);
