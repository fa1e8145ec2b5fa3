import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { generatedContent } from "../../emulator/content/seeds/generated.ts";
import { createEmulator, type Emulator } from "../../emulator/emulator.ts";
import { bareVariables } from "../../scripts/runner.ts";
import { listArchives } from "../../services/archive/archives.ts";
import { createS3Store } from "../../services/stores/s3.ts";
import { readStoreSettings } from "../../services/stores/settings.ts";
import { systemClock } from "../../utils/clock.ts";
import { SETTING_NAMES } from "../../utils/settings/table.ts";
import { type LocalBucket, openLocalBucket } from "../support/localBucket.ts";
import { BUCKET, KEYS } from "../support/s3.ts";
import { textOf } from "./support.ts";

/** What docs/archives.md says is done, word for word, in a fresh copy of the repository. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GUIDE = textOf("docs/archives.md");
const TOKEN = "token-of-an-archived-project";
const blocksOf = (language: string) =>
  [...GUIDE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, text = ""]) => text);

const Workflow = z.object({
  on: z.object({ schedule: z.array(z.object({ cron: z.string() })).length(1) }),
  permissions: z.object({ contents: z.literal("read") }),
  jobs: z.object({
    archive: z.object({
      env: z.record(z.string(), z.string()),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  }),
});
const { archive: job } = Workflow.parse(parse(blocksOf("yaml")[0] ?? "")).jobs;

let folder = "";
let clone = "";
let bucket: LocalBucket;
const closing: (() => Promise<unknown>)[] = [];
let emulator: Emulator;
/** What leads to the simulated DatoCMS instead of the real one. */
let simulated: Record<string, string> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "guide-"));
  clone = join(folder, "clone");
  // As they lie here, committed or not.
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  for (const name of listed.split("\0").filter((each) => each !== "" && existsSync(join(ROOT, each))))
    cpSync(join(ROOT, name), join(clone, name));
  emulator = createEmulator();
  emulator.addProject({ token: TOKEN, content: generatedContent({ records: 40 }) });
  const [datocms, assets] = [await emulator.listen(), await emulator.listenAssets()];
  bucket = await openLocalBucket();
  closing.push(datocms.close, assets.close, bucket.close);
  simulated = { DATOCMS_CMA_BASE_URL: datocms.url, DATOCMS_ASSETS_BASE_URL: assets.url };
}, 120_000);
afterAll(async () => {
  for (const close of closing) await close();
  await rm(folder, { recursive: true });
});

/** Runs a step as GitHub does: by bash, which ends with the first command that fails. */
async function run(script: string, variables: Record<string, string> = {}) {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: clone,
    env: { ...bareVariables(), HOME: folder, ...npmSettings(), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  await once(child, "close");
  return { script, exit: child.exitCode, output };
}

/**
 * Where npm finds packages on this machine, and whose word it takes for that; what was fetched once is not fetched
 * again, which takes minutes.
 */
function npmSettings(): Record<string, string | undefined> {
  const names =
    /^(?:npm_config_(?:registry|userconfig|cache|prefer_offline)|NODE_EXTRA_CA_CERTS|HTTPS?_PROXY)$/i;
  const set = Object.entries(process.env).filter(([name]) => names.test(name));
  return { npm_config_cache: join(homedir(), ".npm"), ...Object.fromEntries(set) };
}

test("the settings of a folder, of S3 and of R2 are settings of a store", () => {
  const read = blocksOf("ini").map((text) => readStoreSettings({ ...parseEnv(text) }, "/"));
  expect(read).toMatchObject([
    { ok: true, value: { kind: "file", root: "/var/backups/datocms" } },
    { ok: true, value: { kind: "s3", endpoint: "https://s3.eu-central-1.amazonaws.com" } },
    { ok: true, value: { kind: "s3", endpoint: expect.stringContaining(".r2.") } },
  ]);
});

describe("the workflow of GitHub Actions", () => {
  test("gets settings that there are from secrets of the same names, and no more rights than it needs", () => {
    for (const [name, value] of Object.entries(job.env)) {
      expect(SETTING_NAMES).toContain(name);
      expect(value).toBe(`\${{ secrets.${name} }}`);
    }
    const uses = job.steps.flatMap(({ uses }) => uses ?? []);
    for (const action of uses) expect(textOf(".github/workflows/ci.yml")).toContain(`uses: ${action}\n`);
  });

  test("archives into a bucket, twice, by its steps as they stand", { timeout: 600_000 }, async () => {
    const secrets: Record<string, string> = {
      DATOCMS_FULLACCESS_API_TOKEN: TOKEN,
      BACKUP_STORE: `s3://${BUCKET}/nightly`,
      BACKUP_S3_ENDPOINT: bucket.endpoint,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    };
    // A secret that nobody has added is empty.
    const env = Object.fromEntries(Object.keys(job.env).map((name) => [name, secrets[name] ?? ""]));
    const steps = job.steps.flatMap(({ run: script }) => script ?? []);
    expect(steps.length).toBeGreaterThanOrEqual(3);
    // The second night finds the packages installed.
    for (const step of [...steps, ...steps.slice(1)])
      expect(await run(step, { ...env, ...simulated })).toMatchObject({ exit: 0 });
    const place = { endpoint: bucket.endpoint, bucket: BUCKET, prefix: "nightly/", region: "auto" };
    const store = createS3Store({ ...place, ...KEYS, fetch, clock: systemClock });
    // Of two archives of one day the newer one stays, which has taken over what the other one held.
    const taken = { kind: "read", manifest: { partial: false, previous: expect.any(String) } };
    expect(await listArchives(store)).toMatchObject({ ok: true, value: [{ manifest: taken }] });
  });

  test("is red where the bucket cannot be had", { timeout: 120_000 }, async () => {
    const [, create = ""] = job.steps.flatMap(({ run: script }) => script ?? []);
    const env = { DATOCMS_FULLACCESS_API_TOKEN: TOKEN, BACKUP_STORE: `s3://${BUCKET}/nightly` };
    expect(await run(create, { ...env, ...simulated })).toMatchObject({ exit: 2 });
  });
});

describe("the commands", () => {
  test("make an archive, take it away, and read it without this service", { timeout: 300_000 }, async () => {
    if (!existsSync(join(clone, "node_modules"))) await run("npm ci --omit=dev --no-audit --no-fund");
    const [settings = ""] = blocksOf("ini");
    const store = join(folder, "store");
    await writeFile(
      join(clone, ".env"),
      `${settings.replace("/var/backups/datocms", store)}DATOCMS_FULLACCESS_API_TOKEN=${TOKEN}\n`,
    );
    const outputs: string[] = [];
    for (const block of blocksOf("sh")) {
      const ran = await run(block.replace("/var/backups/datocms", store), simulated);
      expect(ran).toMatchObject({ exit: 0 });
      outputs.push(ran.output);
    }
    expect(outputs.join("")).toMatch(/^\d+ article$/m);
    expect(await readdir(join(clone, "elsewhere/archives"))).toHaveLength(1);
    // The last block reads ids of records out of the store itself.
    expect(outputs.at(-1)?.trim().split("\n").length).toBeGreaterThan(5);
  });
});
