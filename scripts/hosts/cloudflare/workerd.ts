import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { bareVariables } from "../../runner.ts";

/** Nothing is sent or fetched, and nothing but errors printed. */
const QUIET = { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" };

/**
 * The harness sends what a Worker sends with this process's `fetch`. That one would follow redirects on its own,
 * where workerd leaves them to the Worker; after this call it does not.
 */
export function leaveRedirectsToWorkers(): void {
  const { fetch: fetchOfNode } = globalThis;
  globalThis.fetch = (input, init) => fetchOfNode(new Request(input, init), { redirect: "manual" });
}

/**
 * Runs the command line of a repository's wrangler there, as a deploy does, without a login.
 *
 * @returns what it printed
 */
export async function wrangler(root: string, ...args: readonly string[]): Promise<string> {
  const { HOME } = process.env;
  // The command line itself: `wrangler` runs it too, where it has found Node 22. It also works on 20.
  const file = join(root, "node_modules/wrangler/wrangler-dist/cli.js");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file, ...args], {
    cwd: root,
    env: { ...bareVariables(), HOME, NO_COLOR: "1", CI: "1", ...QUIET },
  });
  return stdout + stderr;
}

/**
 * Builds the Worker as `wrangler deploy` does.
 *
 * @param directory where the upload is to lie, in `out`, with the shipped configuration and no one's `.dev.vars`
 * @returns what wrangler printed
 */
export async function buildWorker(root: string, directory: string): Promise<string> {
  const [out, metafile] = [join(directory, "out"), join(directory, "metafile.json")];
  const output = await wrangler(root, "deploy", "--dry-run", "--outdir", out, "--metafile", metafile);
  await copyFile(join(root, "wrangler.toml"), join(directory, "wrangler.toml"));
  return output;
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

/** Loads what `startWorker` needs, which takes a second. */
export async function loadHarness(): Promise<typeof import("wrangler")> {
  Object.assign(process.env, QUIET, { WRANGLER_LOG: "error" });
  return import("wrangler");
}

/**
 * Starts a built Worker in a workerd of its own.
 *
 * @param directory of the build
 * @param bindings all of them secrets
 */
export async function startWorker(
  directory: string,
  bindings: Readonly<Record<string, string>>,
): Promise<RunningWorker> {
  const { createTestHarness } = await loadHarness();
  const harness = createTestHarness({
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
