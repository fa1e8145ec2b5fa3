import { shiftedClock } from "../../../emulator/clocks.ts";
import { createEmulator, type Project, type RequestLogEntry } from "../../../emulator/emulator.ts";
import { startWorker } from "../../../scripts/hosts/cloudflare/workerd.ts";
import { evidence } from "../../contract/evidence.ts";
import { type OpenOptions, SECRET } from "../../contract/host.ts";
import { backingOf } from "../../contract/hosts/project.ts";
import type { Artefact } from "./worker.ts";

/** A Worker, and the project of the emulator that it looks after. */
export interface DeployedWorker {
  readonly project: Project;
  /** Lets DatoCMS grow older; the Worker's own time stays. */
  advance(ms: number): void;
  tick(cron: string): Promise<{ outcome: string }>;
  call(method: string, path: string): Promise<{ status: number; body: unknown }>;
  /** DatoCMS calls since the last `forget`. */
  calls(): readonly RequestLogEntry[];
  forget(): void;
  /** Names of the copies that it began to make, oldest first. */
  forked(): string[];
  /** Names of the environments that are ready, sorted. */
  ready(): string[];
  /** Lines that it has logged so far. */
  lines(): string[];
}

/** Deploys a Worker, with an emulator of its own whose time can be moved on. */
export async function deploy(
  artefact: Artefact,
  options: OpenOptions = {},
): Promise<DeployedWorker & AsyncDisposable> {
  const clock = shiftedClock();
  const emulator = createEmulator({ clock });
  const datocms = await emulator.listen();
  const { project, variables, requests, forgetRequests } = await backingOf(emulator, datocms.url, options);
  const worker = await startWorker(artefact.directory, variables);
  const written = evidence.writer("cloudflare", "stdout");
  return {
    project,
    advance: (ms) => clock.advance(ms),
    tick: worker.tick,
    async call(method, path) {
      const headers = { "x-datocms-backups-auth": SECRET };
      const answer = await worker.send(new Request(`https://worker.test${path}`, { method, headers }));
      return { status: answer.status, body: await answer.json() };
    },
    calls: requests,
    forget: forgetRequests,
    forked: () =>
      project.history.flatMap(({ type, by, id }) => (type === "fork-began" && by === "api" ? id : [])),
    ready: () =>
      project
        .environments()
        .flatMap(({ id, status }) => (status === "ready" ? id : []))
        .sort(),
    lines: worker.lines,
    async [Symbol.asyncDispose]() {
      written.text = worker.lines().join("\n");
      await worker.close();
      await datocms.close();
    },
  };
}
