import type { WriteOutcome } from "../../services/datocms/calls.ts";
import type { Environment, Environments, PlanRoom } from "../../services/datocms/environments.ts";
import type { Clock } from "../../utils/clock.ts";
import { succeeded } from "../../utils/failures.ts";
import { at, environment, MAIN } from "./environments.ts";

export interface ToyOptions {
  readonly sandboxes: readonly Environment[];
  /** Sandboxes that the plan allows. */
  readonly limit: number;
  /** Whether the plan's limit can be read, or shows only in refusals. */
  readonly tellsLimit: boolean;
  /** Which forks vanish instead of getting ready, counted from 0. */
  readonly failingForks?: ReadonlySet<number>;
}

const FORK_MS = 5_000;
const DESTROY_MS = 1_000;

/** A few lines of DatoCMS behind the port, on a clock on which every wait is over at once. */
export interface Toy {
  readonly port: Environments;
  readonly clock: Clock;
  /** What existed after each change, the first state included. */
  readonly states: (readonly Environment[])[];
}

/** A project for `rotate` to work on. */
export function toyProject({ sandboxes, limit, tellsLimit, failingForks = new Set() }: ToyOptions): Toy {
  const start = at("2026-02-26 22:05");
  let elapsed = 0;
  let world: readonly Environment[] = [MAIN, ...sandboxes];
  let forks = 0;
  const states = [world];
  const events: { readonly due: number; readonly happen: () => void }[] = [];

  const become = (next: readonly Environment[]) => {
    world = next;
    states.push(world);
  };
  const change = (each: Environment, to: Partial<Environment>) =>
    become(world.map((other) => (other === each ? { ...each, ...to } : other)));
  const leave = (id: string) => become(world.filter((each) => each.id !== id));
  const later = (ms: number, happen: () => void) => events.push({ due: elapsed + ms, happen });
  for (const each of sandboxes) {
    if (each.status === "creating") later(FORK_MS, () => settle(each.id));
    if (each.status === "destroying") later(DESTROY_MS, () => leave(each.id));
  }
  const settle = (id: string) => {
    const found = world.find((each) => each.id === id);
    if (found?.status === "creating") change(found, { status: "ready", percentage: undefined });
  };
  const accepted: WriteOutcome = { kind: "accepted", value: undefined };

  return {
    states,
    clock: {
      now: () => start + elapsed,
      monotonic: () => elapsed,
      async sleep(ms) {
        elapsed += ms;
        const due = events.filter((event) => event.due <= elapsed);
        for (const event of due) events.splice(events.indexOf(event), 1);
        for (const { happen } of due) happen();
      },
    },
    port: {
      list: async () => succeeded(world),
      find: async (id) => succeeded(world.find((each) => each.id === id)),
      async fork(source, id) {
        if (world.some((each) => each.id === id)) return { kind: "taken" };
        if (world.filter((each) => !each.primary).length >= limit) return { kind: "no-room" };
        const status = "creating";
        const made = environment(id, { status, createdAt: start + elapsed, forkedFrom: source });
        const fails = failingForks.has(forks);
        forks += 1;
        become([...world, made]);
        later(FORK_MS, () => (fails ? leave(id) : settle(id)));
        return { kind: "accepted", value: made };
      },
      async rename(id, newId) {
        const found = world.find((each) => each.id === id);
        if (found === undefined) return { kind: "gone" };
        if (world.some((each) => each.id === newId)) return { kind: "taken" };
        change(found, { id: newId });
        return accepted;
      },
      async destroy(id) {
        const found = world.find((each) => each.id === id);
        if (found === undefined || found.primary) return { kind: "gone" };
        change(found, { status: "destroying" });
        later(DESTROY_MS, () => leave(id));
        return accepted;
      },
      sandboxLimit: async () => succeeded(tellsLimit ? limit : "untold"),
      limitIfOffered: async () => (tellsLimit ? limit : "untold"),
      overageThreshold: async () => undefined,
      planRoom: async (): Promise<PlanRoom> => ({
        limit: tellsLimit ? limit : undefined,
        overageThreshold: undefined,
      }),
    },
  };
}
