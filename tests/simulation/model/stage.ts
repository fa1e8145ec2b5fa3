import { type VirtualClock, virtualClock } from "../../../emulator/clocks.ts";
import { createEmulator, type Emulator, type Project } from "../../../emulator/emulator.ts";
import { runTick } from "../../../handlers/cron.ts";
import { slotsFor } from "../../../services/schedule/slots.ts";
import { silentLogger } from "../../../utils/logger.ts";
import { nodeRuntime, type Runtime } from "../../../utils/platformAdapters.ts";
import { hashAtOnce } from "../../support/hashAtOnce.ts";
import { isDisconnected, parametersOf, SECRET, TOKENS, variablesOf } from "./deployment.ts";
import { claimsOf, claimsOfTick, type Invocation } from "./invocation.ts";
import { DAY_MS, dayOf, HOUR_MS } from "./ours.ts";
import { Process } from "./process.ts";
import { count, type Reach } from "./reach.ts";
import type { Asked, Kill } from "./script.ts";
import { type Setting, START } from "./setting.ts";
import type { Edit } from "./timeline.ts";
import { wireOf } from "./wire.ts";

type Slots = Awaited<ReturnType<typeof slotsFor>>;

hashAtOnce();
const slotsByToken = await Promise.all(TOKENS.map((token) => slotsFor(token)));

/** One project in virtual time, and the service as processes that know nothing of each other. */
export class Stage {
  readonly setting: Setting;
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly project: Project;
  readonly slots: Slots;
  readonly invocations: Invocation[] = [];
  readonly edits: Edit[] = [];
  /** What happened beside calls and the emulator's events, for people. */
  readonly notes: { readonly at: number; readonly text: string }[] = [];
  /** How far the host's wall clock is off, ms. */
  hostOffset = 0;
  /** When that changed. */
  readonly jumps: number[] = [];
  private readonly reach: Reach;
  private readonly token: string;
  private readonly variables: Readonly<Record<string, string>>;
  private readonly limits: { readonly at: number; readonly limit: number | null }[];
  private processes = new Map<number, Process>();

  constructor(setting: Setting, reach: Reach) {
    this.setting = setting;
    this.limits = [{ at: START, limit: setting.project.plan.sandboxLimit }];
    this.reach = reach;
    this.clock = virtualClock(START);
    this.emulator = createEmulator({ clock: this.clock });
    this.token = TOKENS[setting.token] ?? "";
    this.slots = slotsByToken[setting.token] as Slots;
    this.variables = variablesOf(setting, this.token);
    const { plan, role = "admin", ...rest } = setting.project;
    this.project = this.emulator.addProject({
      ...rest,
      role,
      plan: { ...plan },
      token: this.token,
      plugin: { parameters: parametersOf(setting, START) },
    });
    this.seed();
  }

  private seed(): void {
    const { seeds, foreign } = this.setting;
    for (const { cadence, daysAgo, hour, superseded } of seeds) {
      const named = START - daysAgo * DAY_MS + hour * HOUR_MS;
      // No two were made in the same millisecond: a renaming that moves the creation would reverse their order.
      const createdAt = Math.min(named, START - HOUR_MS) - 2 * daysAgo - Number(superseded);
      const time = new Date(createdAt).toISOString().slice(11, 23).replace(/\D/g, "");
      const id = `backup-plugin-${cadence}-${dayOf(named)}${superseded ? `-superseded-${time}` : ""}`;
      // Some DatoCMS may not know names as long as a superseded copy's.
      const { idMaxLength } = this.setting.project.unknowns;
      if (idMaxLength === null || id.length <= idMaxLength)
        this.project.user.fork(null, id, { createdAt, ready: true });
    }
    for (const [index, id] of foreign.entries())
      this.project.user.fork(null, id, { createdAt: START - (index + 1) * DAY_MS, ready: true });
  }

  /** Changes what the plan allows. */
  setLimit(limit: number | null): void {
    this.project.settings.plan.sandboxLimit = limit;
    this.limits.push({ at: this.clock.now(), limit });
  }

  /** What the plan allowed at one moment or another between two. */
  limitsBetween(from: number, to: number): (number | null)[] {
    const upTo = this.limits.filter(({ at }) => at <= to);
    const first = upTo.findLastIndex(({ at }) => at < from);
    return upTo.slice(Math.max(0, first)).map(({ limit }) => limit);
  }

  /** Lets the host's wall clock jump. */
  jump(ms: number): void {
    this.hostOffset += ms;
    this.jumps.push(this.clock.now());
  }

  note(text: string): void {
    this.notes.push({ at: this.clock.now(), text });
  }

  /** Begins a scene: its processes are new ones. */
  begin(): void {
    this.processes = new Map();
  }

  /** Moves time to an hour counted from the next opening of a slot, at its cron's minute. */
  async goToSlot(of: "daily" | "weekly", hours: number): Promise<void> {
    const { hour, weekday } = this.slots[of];
    const minutes = of === "daily" ? 5 : 35;
    const now = this.clock.now();
    let opening = Math.floor(now / DAY_MS) * DAY_MS + hour * HOUR_MS + minutes * 60_000;
    while (opening <= now || (weekday !== null && new Date(opening).getUTCDay() !== weekday))
      opening += DAY_MS;
    await this.clock.advance(opening + hours * HOUR_MS - now);
  }

  /** A tick of the host's cron; resolves at its end or its process's. */
  async tick(job: "daily" | "weekly", kill?: Kill, process?: number): Promise<void> {
    const asked: Asked = {
      method: "GET",
      path: `tick ${job}`,
      scheduled: true,
      fresh: false,
      forced: false,
      cadences: job === "daily" ? ["daily"] : ["weekly", "biweekly", "monthly"],
    };
    await this.invoke(asked, "cron", kill, process, async (runtime, invocation) => {
      const run = await runTick(job, runtime);
      invocation.answer = run;
      invocation.claims = claimsOfTick(run);
    });
  }

  /** A request to the service; resolves with its answer or its process's end. */
  async ask(wish: Asked, kill?: Kill, process?: number): Promise<void> {
    const asked = this.setting.secured ? wish : asAnybody(wish);
    await this.invoke(asked, "http", kill, process, async (runtime, invocation, { app }) => {
      const request = new Request(`http://localhost${asked.path}`, {
        method: asked.method,
        headers: {
          "content-type": "application/json",
          ...(this.setting.secured && { "x-datocms-backups-auth": SECRET }),
        },
        ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
      });
      const response = await app.fetch(request, runtime);
      invocation.answer = await response.json();
      invocation.claims = claimsOf(invocation.answer);
    });
  }

  private async invoke(
    asked: Asked,
    caller: "http" | "cron",
    kill: Kill | undefined,
    place: number | undefined,
    work: (runtime: Runtime, invocation: Invocation, process: Process) => Promise<void>,
  ): Promise<void> {
    const { setting, clock, emulator } = this;
    const process = this.processAt(place);
    const invocation: Invocation = {
      number: this.invocations.length + 1,
      title: `${asked.path}${asked.body === undefined ? "" : ` ${JSON.stringify(asked.body)}`}`,
      asked,
      isTick: caller === "cron",
      kill,
      shares: place !== undefined,
      hostOffset: this.hostOffset,
      startedAt: clock.now(),
      disconnected: isDisconnected(this.project),
      budgetMs: caller === "cron" ? setting.cronBudgetMs : setting.budgetMs,
      maxCalls: setting.maxCalls,
      calls: [],
      endedAt: undefined,
      answer: undefined,
      claims: undefined,
    };
    this.invocations.push(invocation);
    const runtime: Runtime = {
      ...nodeRuntime(
        {
          variables: this.variables,
          logger: silentLogger,
          clock: process.clock,
          fetch: wireOf(invocation, process, {
            send: emulator.fetch,
            clock,
            project: this.project,
            reach: this.reach,
          }),
        },
        caller,
      ),
      inFlight: place === undefined ? undefined : process.runs[caller],
      cronFrequency: setting.cron,
      budgetMs: invocation.budgetMs,
      maxCalls: setting.maxCalls,
    };
    if (kill?.at === "time") {
      void clock.sleep(kill.ms).then(() => {
        if (invocation.endedAt !== undefined || !process.isAlive) return;
        count(this.reach, "kill", process.inFlight > 0 ? "while a call is under way" : "while waiting");
        process.kill();
      });
    }
    const ended = work(runtime, invocation, process).then(() => {
      if (process.isAlive) invocation.endedAt = clock.now();
    });
    await Promise.race([ended, process.ended]);
  }

  private processAt(place: number | undefined): Process {
    const present = place === undefined ? undefined : this.processes.get(place);
    const process = present ?? new Process(this.clock, () => this.hostOffset);
    if (place !== undefined) this.processes.set(place, process);
    return process;
  }
}

/** Where no secret is configured, a run by hand makes what today lacks, and removes next to nothing. */
function asAnybody(asked: Asked): Asked {
  if (asked.scheduled) return asked;
  const removes = asked.path.startsWith("/api/jobs/") ? "own" : "nothing";
  return { ...asked, fresh: false, forced: false, removes };
}
