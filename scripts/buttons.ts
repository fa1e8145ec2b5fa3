import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { readCommandLine } from "../cli/commandLine.ts";

const README = "README.md";
const PACKAGE = "package.json";
/** Works on the current directory, which npm makes the package's. */
const COMMAND = {
  call: "npm run buttons",
  purpose: "Points the README's deploy buttons, and package.json, at one repository.",
  argument: {
    value: "<address>",
    help: "https://github.com/<owner>/<repo>, or of gitlab.com; default: what package.json names",
  },
  options: { check: { type: "boolean", help: "change nothing; fail where they point elsewhere" } },
  notes: `Reads no variables.
Exit code: 0 when they point there, 1 when the address or a file will not do or --check fails, 2 for wrong options.`,
} as const;

const BEGIN = "<!-- buttons -->";
const END = "<!-- /buttons -->";

/** What Vercel asks for before it deploys; without values, which must not stand in a link. */
const VERCEL_VARIABLES = ["DATOCMS_FULLACCESS_API_TOKEN", "CRON_SECRET"];
const VERCEL_DESCRIPTION =
  "An API token of the DatoCMS project that may manage environments, and a random secret of 16 characters or more to enter in the plugin too.";

/** Something that whoever ran this can put right. */
class RunnerError extends Error {}

const Package = z.looseObject({ repository: z.object({ url: z.string() }).optional() });

/** A public repository's address as the buttons want it: without npm's `git+`, without `.git`. */
function repositoryOf(given: string): { url: string; name: string } {
  const address = given
    .trim()
    .replace(/^git\+/, "")
    .replace(/\/$/, "")
    .replace(/\.git$/, "");
  const [, name] = /^https:\/\/(?:github|gitlab)\.com\/[\w.-]+\/([\w.-]+)$/.exec(address) ?? [];
  if (name === undefined || /\/\.{1,2}(?:\/|$)/.test(address))
    throw new RunnerError(
      `${JSON.stringify(given)} is no address of a repository. Give https://github.com/<owner>/<repo> or https://gitlab.com/<owner>/<repo>.`,
    );
  return { url: address, name };
}

function buttons({ url, name }: ReturnType<typeof repositoryOf>): string {
  const project = name.toLowerCase();
  const vercel = Object.entries({
    "repository-url": url,
    env: VERCEL_VARIABLES.join(","),
    envDescription: VERCEL_DESCRIPTION,
    "project-name": project,
    "repository-name": project,
  })
    // Commas may stand in a query, and the documented form has them plain.
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2C", ",")}`)
    .join("&");
  return [
    button(
      "Deploy to Netlify",
      "https://www.netlify.com/img/deploy/button.svg",
      `https://app.netlify.com/start/deploy?repository=${url}`,
    ),
    button("Deploy with Vercel", "https://vercel.com/button", `https://vercel.com/new/clone?${vercel}`),
    button(
      "Deploy to Cloudflare",
      "https://deploy.workers.cloudflare.com/button",
      `https://deploy.workers.cloudflare.com/?url=${url}`,
    ),
  ].join("\n");
}

function button(title: string, picture: string, link: string): string {
  return `[![${title}](${picture})](${link})`;
}

/** The text with what stands between the markers replaced. */
function withButtons(readme: string, block: string): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  const isOnce = begin === readme.lastIndexOf(BEGIN) && end === readme.lastIndexOf(END);
  if (begin < 0 || end < begin || !isOnce)
    throw new RunnerError(`${README} must hold ${BEGIN} and, after it, ${END}, each once.`);
  return `${readme.slice(0, begin + BEGIN.length)}\n${block}\n${readme.slice(end)}`;
}

/** The package with its repository; a new entry comes after the license. */
function withRepository(text: string, url: string): string {
  const content = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  const repository = { type: "git", url };
  const entries = Object.entries(content).filter(([key]) => key !== "repository");
  const present = Object.keys(content).indexOf("repository");
  const license = entries.findIndex(([key]) => key === "license");
  const place = present >= 0 ? present : license >= 0 ? license + 1 : entries.length;
  entries.splice(place, 0, ["repository", repository]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

interface Wanted {
  readonly check: boolean;
  readonly given: string | undefined;
}

/** @returns what was done, in a sentence */
function run({ check, given }: Wanted): string {
  const readme = readFileSync(README, "utf8");
  const manifest = readFileSync(PACKAGE, "utf8");
  const present = Package.parse(JSON.parse(manifest)).repository?.url;
  const address = given ?? present;
  if (address === undefined)
    throw new RunnerError(
      `${PACKAGE} names no repository yet: give its address, https://github.com/<owner>/<repo>.`,
    );

  const repository = repositoryOf(address);
  // As it stands where it means the same repository already: its form is its author's.
  const isNamed = present !== undefined && repositoryOf(present).url === repository.url;
  const files = [
    { name: README, is: readme, wanted: withButtons(readme, buttons(repository)) },
    { name: PACKAGE, is: manifest, wanted: isNamed ? manifest : withRepository(manifest, repository.url) },
  ];
  const outdated = files.filter(({ is, wanted }) => is !== wanted);
  const names = outdated.map(({ name }) => name).join(", ");
  if (outdated.length === 0) return `The buttons point at ${repository.url}.`;
  if (check) throw new RunnerError(`Out of date: ${names}. Run: npm run buttons -- ${repository.url}`);
  for (const { name, wanted } of outdated) writeFileSync(name, wanted);
  return `The buttons point at ${repository.url} now. Rewritten: ${names}.`;
}

const wanted = readCommandLine(COMMAND, ({ check = false }, given): Wanted => ({ check, given }));
try {
  process.stdout.write(`${run(wanted)}\n`);
} catch (error) {
  if (!(error instanceof RunnerError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
