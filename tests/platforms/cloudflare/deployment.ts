import { shiftedClock } from "../../../emulator/clocks.ts";
import { createEmulator, type Project, type RequestLogEntry } from "../../../emulator/emulator.ts";
import { startWorker } from "../../../scripts/hosts/cloudflare/workerd.ts";
import { evidence } from "../../contract/evidence.ts";
import { type OpenOptions, SECRET } from "../../contract/host.ts";
import { backingOf } from "../../contract/hosts/project.ts";
import { restore } from "../../contract/scene.ts";
import type { Artefact } from "./worker.ts";

/** A Worker, and the project of the emulator that it looks after. */
export interface DeployedWorker {
  readonly project: Project;
  /** Of its project. */
  readonly token: string;
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
  /** Lines that it has logged since it was taken. */
  lines(): string[];
}

interface Deployed {
  readonly worker: DeployedWorker;
  /** Hands what it has logged to the evidence. */
  keepLog(): void;
  /** No more once its time has moved: that does not go back. */
  canBeginAnew(): boolean;
  /** Makes the project what it was at first; nothing has been called, made or logged. */
  beginAnew(): void;
  close(): Promise<void>;
}

/**
 * Workers for one test after the other. One that has ticked before is no worse a witness than a new one, which costs
 * two seconds of the processor.
 */
export class Workers {
  private readonly left = new Map<string, Deployed[]>();
  private readonly artefact: Artefact;

  constructor(artefact: Artefact) {
    this.artefact = artefact;
  }

  /**
   * One that nobody else has until it is disposed of.
   *
   * @param kind names the options: who asks for the same kind gets a Worker that was deployed with the same ones
   */
  async take(kind: string, options: () => Promise<OpenOptions>): Promise<DeployedWorker & AsyncDisposable> {
    const left = this.left.get(kind) ?? [];
    this.left.set(kind, left);
    const deployed = left.pop() ?? (await deploy(this.artefact, await options()));
    deployed.beginAnew();
    return {
      ...deployed.worker,
      async [Symbol.asyncDispose]() {
        deployed.keepLog();
        if (deployed.canBeginAnew()) left.push(deployed);
        else await deployed.close();
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.left.values()].flat().map((deployed) => deployed.close()));
  }
}

/** Deploys a Worker, with an emulator of its own whose time can be moved on. */
async function deploy(artefact: Artefact, options: OpenOptions): Promise<Deployed> {
  const clock = shiftedClock();
  const emulator = createEmulator({ clock });
  const datocms = await emulator.listen();
  const { project, variables, requests, forgetRequests } = await backingOf(emulator, datocms.url, options);
  const worker = await startWorker(artefact.directory, variables);
  const written = evidence.writer("cloudflare", "stdout");
  const byService = () => project.history.filter(({ by }) => by === "api");
  const before = { events: 0, lines: 0 };
  let hasAdvanced = false;
  return {
    worker: {
      project,
      token: variables.DATOCMS_FULLACCESS_API_TOKEN ?? "",
      advance(ms) {
        hasAdvanced = true;
        clock.advance(ms);
      },
      tick: worker.tick,
      async call(method, path) {
        const headers = { "x-datocms-backups-auth": SECRET };
        const answer = await worker.send(new Request(`https://worker.test${path}`, { method, headers }));
        return { status: answer.status, body: await answer.json() };
      },
      calls: requests,
      forget: forgetRequests,
      forked: () =>
        byService()
          .slice(before.events)
          .flatMap(({ type, id }) => (type === "fork-began" ? id : [])),
      ready: () =>
        project
          .environments()
          .flatMap(({ id, status }) => (status === "ready" ? id : []))
          .sort(),
      lines: () => worker.lines().slice(before.lines),
    },
    keepLog() {
      written.text = worker.lines().join("\n");
    },
    canBeginAnew: () => !hasAdvanced,
    beginAnew() {
      restore(project);
      forgetRequests();
      before.events = byService().length;
      before.lines = worker.lines().length;
    },
    async close() {
      await worker.close();
      await datocms.close();
    },
  };
}
