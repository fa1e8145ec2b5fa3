import { describe, test } from "vitest";
import { deploymentsOf } from "./deployments.ts";
import type { Deployment, Host, OpenOptions, Trait } from "./host.ts";
import { lanesOf, type Settled, settledWithin } from "./lanes.ts";
import { type Entry, ledger } from "./ledger.ts";
import { type Claim, holdTo, restore, type Scene, sceneOf } from "./scene.ts";
import { DAY_MS } from "./tokens.ts";

export interface Special {
  /** What the host must have for the check; all of it. */
  readonly needs?: readonly Trait[];
  /** Of a deployment for this check alone. */
  readonly options?: OpenOptions | (() => Promise<OpenOptions>);
}

export type Check = (
  title: string,
  claim: Claim,
  body: (scene: Scene) => Promise<void>,
  special?: Special,
) => void;

export interface GroupOptions {
  /**
   * Of the group's deployment; a function, where they depend on the time. `shared`: one that other groups have had
   * before or have later. Without, every check brings its own.
   */
  readonly options?: Special["options"] | "shared";
  /** `virtual` needs the host's trait. */
  readonly time?: "real" | "virtual";
  /** `last` begins when all other groups are done. */
  readonly when?: "any time" | "last";
}

/** The longest that a check may take; the ones with a DatoCMS that never answers take eight seconds. */
const CHECK_MS = 20_000;
/** What a group takes at most. No midnight may come within: it would make one day's copies two days'. */
const GROUP_MS = 45_000;
/** What the checks of a host take at most; a test waits for its turn and for what it waits for. */
const SUITE_MS = 180_000;

interface Planned {
  readonly entry: Entry;
  readonly title: string;
  readonly claim: Claim;
  readonly body: (scene: Scene) => Promise<void>;
  readonly options: Special["options"];
  readonly result: Promise<Settled>;
  settle(result: Settled): void;
}

/**
 * A group of checks, one after the other on one deployment; each finds its project as it was at first. The
 * group runs in a lane of its host, each check's test waits for its result.
 */
export function group(
  host: Host,
  name: string,
  { options, time = "real", when = "any time" }: GroupOptions,
  define: (check: Check) => void,
): void {
  const planned: Planned[] = [];
  const { slowness = 1 } = host;
  const runs = time === "real" || host.openOnVirtualTime !== undefined;

  const plan = (title: string, { needs = [] }: Special = {}) => {
    const needed: readonly Trait[] = time === "virtual" ? [...needs, "virtual-time"] : needs;
    const entry = { host: host.name, group: name, title, needs: needed };
    if (host.isOnlyListed) return ledger.list(entry);
    return ledger.plan(
      entry,
      needed.every((trait) => host.traits.has(trait)),
    );
  };
  if (host.isOnlyListed || !runs) {
    define((title, _claim, _body, special) => void plan(title, special));
    return;
  }
  define((title, claim, body, special) => {
    const entry = plan(title, special);
    if (entry.state === "does-not-apply") return;
    let settle: Planned["settle"] = () => {};
    const result = new Promise<Settled>((resolve) => {
      settle = resolve;
    });
    planned.push({ entry, title, claim, body, options: special?.options, settle, result });
  });
  // Vitest takes a suite without tests for a mistake.
  if (planned.length === 0) return;
  describe(name, () => {
    for (const { title, result } of planned) {
      const waits = async () => {
        const settled = await result;
        if (!settled.ok) throw settled.error;
      };
      test(title, waits, SUITE_MS * slowness);
    }
  });

  const open = async (wanted: Special["options"]) => {
    const settled = typeof wanted === "function" ? await wanted() : wanted;
    if (settled === undefined) return undefined;
    return time === "real" ? host.open(settled) : host.openOnVirtualTime?.(settled);
  };
  const runGroup = async () => {
    const untilMidnight = DAY_MS - (Date.now() % DAY_MS);
    if (untilMidnight < GROUP_MS * slowness)
      await new Promise((resolve) => setTimeout(resolve, untilMidnight));
    const isShared = options === "shared";
    const deployment = isShared ? await deploymentsOf(host).take() : await open(options);
    let isSound = true;
    for (const check of planned) {
      const result = await settledWithin(CHECK_MS * slowness, () => runCheck(host, check, deployment, open));
      if (result.ok) check.entry.state = "passed";
      else isSound = false;
      check.settle(result);
    }
    if (isShared && isSound && deployment !== undefined) deploymentsOf(host).giveBack(deployment);
    else await deployment?.close();
  };
  const work = async () => {
    const whole = await settledWithin(SUITE_MS * slowness, runGroup);
    // Where the deployment could not be opened, nobody else tells the checks; the others have their results.
    for (const check of planned) check.settle(whole);
    if (!whole.ok) ledger.troubles.push(`${host.name} › ${name}: ${String(whole.error)}`);
  };
  lanesOf(host).add(work, when);
}

async function runCheck(
  host: Host,
  { entry, claim, body, options }: Planned,
  ofGroup: Deployment | undefined,
  open: (options: Special["options"]) => Promise<Deployment | undefined>,
): Promise<void> {
  const own = await open(options);
  const deployment = own ?? ofGroup;
  if (deployment === undefined) throw new Error("The check has no deployment.");
  try {
    if (own === undefined) restore(deployment.project);
    const scene = sceneOf(host, deployment);
    await body(scene);
    holdTo(claim, scene.requests());
    entry.calls = scene.requests().length;
  } finally {
    await own?.close();
  }
}
