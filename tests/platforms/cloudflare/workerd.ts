import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTestHarness, type TestHarness } from "wrangler";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The command line itself: `wrangler` runs it too, where it has found Node 22. It also works on 20. */
const WRANGLER = join(ROOT, "node_modules/wrangler/wrangler-dist/cli.js");

/** Nothing is sent or fetched, and nothing but errors printed. */
const QUIET = { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" };
Object.assign(process.env, QUIET, { WRANGLER_LOG: "error" });

// The harness sends what a Worker sends with this process's `fetch`. That one would follow redirects on its own,
// where workerd leaves them to the Worker.
const { fetch: fetchOfNode } = globalThis;
globalThis.fetch = (input, init) => fetchOfNode(new Request(input, init), { redirect: "manual" });

/** What a deploy would upload, in a directory with the shipped configuration and no one's `.dev.vars`. */
export interface Artefact {
  readonly directory: string;
  /** What wrangler printed while it built. */
  readonly output: string;
  remove(): Promise<void>;
}

/** Runs wrangler's command line in the repository, as a deploy does, without a login. */
export async function wrangler(...args: readonly string[]): Promise<string> {
  const { HOME, PATH } = process.env;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [WRANGLER, ...args], {
    cwd: ROOT,
    env: { HOME, PATH, NO_COLOR: "1", CI: "1", ...QUIET },
  });
  return stdout + stderr;
}

/** Builds the Worker as `wrangler deploy` does. */
export async function buildWorker(): Promise<Artefact> {
  const directory = await mkdtemp(join(tmpdir(), "worker-"));
  const output = await wrangler(
    "deploy",
    "--dry-run",
    "--outdir",
    join(directory, "out"),
    "--metafile",
    join(directory, "metafile.json"),
  );
  await copyFile(join(ROOT, "wrangler.toml"), join(directory, "wrangler.toml"));
  return { directory, output, remove: () => rm(directory, { recursive: true }) };
}

/** A Worker that runs in workerd. */
export interface RunningWorker {
  send(request: Request): Promise<Response>;
  /** Lets one of its crons come round, in workerd's own shape. */
  tick(cron: string): Promise<{ outcome: string }>;
  /** Lines that it has written to the console so far. */
  lines(): string[];
  close(): Promise<void>;
}

/**
 * Starts the built Worker in a workerd of its own.
 *
 * @param bindings all of them secrets
 */
export async function startWorker(
  { directory }: Artefact,
  bindings: Readonly<Record<string, string>>,
): Promise<RunningWorker> {
  const harness: TestHarness = createTestHarness({
    root: directory,
    workers: [{ configPath: "wrangler.toml", prebuiltWorkerDir: "out", secrets: { ...bindings } }],
  });
  await harness.listen();
  return {
    // To workerd itself: wrangler's proxy before it breaks connections whose body the Worker leaves unread.
    async send(request) {
      const { method, headers, body } = request;
      const hasLength = headers.has("content-length");
      const text = hasLength ? await request.text() : undefined;
      const dispatch = () =>
        harness.getWorker().fetch(request.url, {
          method,
          headers: Object.fromEntries(headers),
          ...(body !== null && (text === undefined ? { body, duplex: "half" } : { body: text })),
          redirect: "manual",
        });
      const answer = await dispatch().catch((error: unknown) => {
        // The harness keeps connections, and hands out one that workerd has closed over an unread body. It was
        // closed before this request was sent, so sending it again sends it once.
        const canRepeat = (body === null || text !== undefined) && isCutWhileWriting(error);
        if (!canRepeat) throw error;
        return dispatch();
      });
      const bytes = await answer.arrayBuffer();
      const { status, statusText } = answer;
      return new Response(bytes.byteLength > 0 ? bytes : null, {
        status,
        statusText,
        headers: Object.fromEntries(answer.headers),
      });
    },
    tick: (cron) => harness.getWorker().scheduled({ cron, scheduledTime: new Date() }),
    lines: () => harness.getLogs().map(({ message }) => message),
    close: () => harness.close(),
  };
}

function isCutWhileWriting(error: unknown): boolean {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return false;
  return (
    "code" in error.cause && ["EPIPE", "ECONNRESET", "UND_ERR_SOCKET"].includes(String(error.cause.code))
  );
}
