import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { createEmulator, type Listening } from "../../../emulator/emulator.ts";
import { bareVariables, RUNNER } from "../../../scripts/runner.ts";
import { systemClock } from "../../../utils/clock.ts";
import { packedEntry } from "../../support/packedEntry.ts";
import { type Evidence, evidence } from "../evidence.ts";
import type { Host } from "../host.ts";
import { send } from "../send.ts";
import { backingOf } from "./project.ts";

const NAME = "node server";
const SERVER = fileURLToPath(new URL("../../../node/server.ts", import.meta.url));
/** A server that takes longer than this to end has lost track of something. */
const STOP_MS = 5_000;

const ListeningLine = z.object({ event: z.literal("listening"), url: z.url() });

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Keeps everything that a child process writes. */
export function keepOutput(kept: Evidence, child: Child) {
  const stdout = kept.writer(NAME, "stdout");
  const stderr = kept.writer(NAME, "stderr");
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout.text += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr.text += text;
  });
  return { stdout, stderr };
}

/**
 * The real server in a process of its own, and the emulator behind it on a port of its own. Deployments with nothing
 * special about them, which most groups have, run the sources as a user starts them; what makes another one special is
 * its variables and its project, so that one is started packed.
 */
export function nodeServer(): Host {
  const emulator = createEmulator();
  let listening: Promise<Listening> | undefined;

  return {
    name: NAME,
    provider: "unknown",
    cadence: "hourly",
    traits: new Set(["scheduled-get", "cron-addresses", "one-process", "any-name"]),
    async open(options) {
      listening ??= emulator.listen();
      const { variables, ...backing } = await backingOf(emulator, (await listening).url, options);
      // In a directory of its own, so that no `.env` is read.
      const directory = await mkdtemp(join(tmpdir(), "contract-"));
      const isSpecial = Object.keys(options).length > 0;
      const child = spawn(process.execPath, [RUNNER, isSpecial ? await packedEntry("server") : SERVER], {
        cwd: directory,
        env: { ...bareVariables(), PORT: "0", BACKUP_CRON: "off", ...variables },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const { stdout, stderr } = keepOutput(evidence, child);
      const exited = once(child, "exit");
      const origin = await listeningAt(child, { stdout, stderr });
      return {
        ...backing,
        clock: systemClock,
        async call(request) {
          const { pathname, search } = new URL(request.url);
          return evidence.keepAnswer(NAME, request, await send(request, `${origin}${pathname}${search}`));
        },
        log: () => stdout.text,
        async close() {
          const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
          child.kill("SIGTERM");
          const [code] = await exited;
          clearTimeout(kill);
          await rm(directory, { recursive: true });
          if (code !== 0 || stderr.text !== "")
            throw new Error(`The server did not end cleanly (${code}): ${stderr.text}`);
        },
      };
    },
    async close() {
      await (await listening)?.close();
    },
  };
}

/** Waits for the line in which the server says where it listens. */
async function listeningAt(child: Child, { stdout, stderr }: ReturnType<typeof keepOutput>): Promise<string> {
  return new Promise((resolve, reject) => {
    const hear = () => {
      for (const line of stdout.text.split("\n").slice(0, -1)) {
        const parsed = ListeningLine.safeParse(JSON.parse(line));
        if (!parsed.success) continue;
        child.stdout.off("data", hear);
        resolve(parsed.data.url.replace("localhost", "127.0.0.1"));
      }
    };
    child.stdout.on("data", hear);
    child.once("error", reject);
    child.once("close", (code) =>
      reject(new Error(`The server ended (${code}) before it listened: ${stdout.text}${stderr.text}`)),
    );
  });
}
