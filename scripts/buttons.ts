// npm run buttons [-- <repo url>] [-- --check]: points README's deploy buttons and package.json at one
// repository. Works on the current directory, which npm makes the package's.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as z from "zod";

const README = "README.md";
const PACKAGE = "package.json";
const BEGIN = "<!-- buttons -->";
const END = "<!-- /buttons -->";

/** What Vercel asks for before it deploys; without values, which must not stand in a link. */
const VERCEL_VARIABLES = ["DATOCMS_FULLACCESS_API_TOKEN", "CRON_SECRET"];
const VERCEL_DESCRIPTION =
  "An API token of the DatoCMS project that may manage environments, and a random secret of 16 characters or more to enter in the plugin too.";

/** Something that whoever ran this can put right. */
class UsageError extends Error {}

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
    throw new UsageError(
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
    throw new UsageError(`${README} must hold ${BEGIN} and, after it, ${END}, each once.`);
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

/** @returns what was done, in a sentence */
function run(): string {
  const { values, positionals } = parseArgs({
    options: { check: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  if (positionals.length > 1) throw new UsageError("Give one address, or none.");
  const readme = readFileSync(README, "utf8");
  const manifest = readFileSync(PACKAGE, "utf8");
  const present = Package.parse(JSON.parse(manifest)).repository?.url;
  const address = positionals[0] ?? present;
  if (address === undefined)
    throw new UsageError(
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
  if (values.check) throw new UsageError(`Out of date: ${names}. Run: npm run buttons -- ${repository.url}`);
  for (const { name, wanted } of outdated) writeFileSync(name, wanted);
  return `The buttons point at ${repository.url} now. Rewritten: ${names}.`;
}

try {
  process.stdout.write(`${run()}\n`);
} catch (error) {
  // parseArgs says what it does not know with such a code.
  const isUsage = error instanceof UsageError || (error instanceof TypeError && "code" in error);
  if (!isUsage) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
