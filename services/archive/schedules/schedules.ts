import type { Clock } from "../../../utils/clock.ts";
import { failed, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { documentBytes } from "../../stores/document.ts";
import { storeUnavailable } from "../../stores/failures.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Store } from "../../stores/store.ts";
import { type ArchiveFailure, noSuchSchedule, scheduleUnreadable, tooManySchedules } from "../failures.ts";
import {
  changedSchedule,
  SCHEDULES,
  type Schedule,
  type ScheduleKeep,
  type ScheduleRun,
  type ScheduleWishes,
  scheduleIn,
  scheduleKey,
} from "./schedule.ts";

/** A schedule that the store lists; one that cannot be read is damaged, or of a newer version. */
export type ListedSchedule =
  | { readonly kind: "read"; readonly schedule: Schedule }
  | { readonly kind: "unreadable"; readonly id: string };

/** The schedules of a store. Whoever calls is one of many; what two change at once is changed by both. */
export interface Schedules {
  /** The oldest first. */
  list(): Promise<Result<readonly ListedSchedule[], ArchiveFailure>>;
  /** Undefined where there is none; `SCHEDULE_UNREADABLE`. */
  get(id: string): Promise<Result<Schedule | undefined, ArchiveFailure>>;
  /** `TOO_MANY_SCHEDULES` where there are fifty. */
  create(wishes: ScheduleWishes): Promise<Result<Schedule, ArchiveFailure>>;
  /**
   * @param change makes of what people have said before what is to hold now; called again where somebody was faster
   * @returns `SCHEDULE_NOT_FOUND`, `SCHEDULE_UNREADABLE`
   */
  change(
    id: string,
    change: (before: ScheduleWishes) => ScheduleWishes,
  ): Promise<Result<Schedule, ArchiveFailure>>;
  /** Deletes one, readable or not; its archives stay. `SCHEDULE_NOT_FOUND`. */
  delete(id: string): Promise<Result<void, ArchiveFailure>>;
  /** Notes what came of a slot; of one that is gone, or has come again since, nothing. */
  ended(id: string, run: Omit<ScheduleRun, "endedAt">): Promise<Result<void, ArchiveFailure>>;
}

export const MOST_SCHEDULES = 50;
const AT_ONCE = 8;
/** Writers who meet each other so often have a reason. */
const TRIES = 5;

export function schedulesOf(store: Store, clock: Clock): Schedules {
  async function find(id: string) {
    const key = scheduleKey(id);
    if (key === undefined) return succeeded(undefined);
    const stored = await store.get(key);
    if (!stored.ok) return stored;
    if (stored.value === undefined) return succeeded(undefined);
    const { bytes, etag } = stored.value;
    return succeeded({ key, etag, schedule: scheduleIn(bytes) });
  }

  async function get(id: string): Promise<Result<Schedule | undefined, ArchiveFailure>> {
    const found = await find(id);
    if (!found.ok || found.value === undefined) return mapped(found, () => undefined);
    const { schedule } = found.value;
    return schedule === undefined ? failed(scheduleUnreadable(id)) : succeeded(schedule);
  }

  /** Writes a schedule anew until nobody else does at the same time; undefined where there is none. */
  async function rewrite(
    id: string,
    next: (before: Schedule) => Schedule,
  ): Promise<Result<Schedule | undefined, ArchiveFailure>> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = await find(id);
      if (!found.ok) return found;
      if (found.value === undefined) return succeeded(undefined);
      const { key, etag, schedule } = found.value;
      if (schedule === undefined) return failed(scheduleUnreadable(id));
      const written = next(schedule);
      if (written === schedule) return succeeded(schedule);
      const put = await store.put(key, documentBytes(written), { ifMatch: etag });
      if (!put.ok) return put;
      if (put.value.kind === "written") return succeeded(written);
    }
    return failed(storeUnavailable("writes that never arrive"));
  }

  return {
    get,
    list: () => listSchedules(store),

    async create(wishes) {
      const present = await listAll(store, SCHEDULES);
      if (!present.ok) return present;
      if (present.value.length >= MOST_SCHEDULES) return failed(tooManySchedules(MOST_SCHEDULES));
      const now = clock.now();
      const id = `schedule_${crypto.randomUUID()}`;
      const schedule = { format: 1 as const, id, ...wishes, createdAt: now, changedAt: now, since: now };
      const put = await store.put(`${SCHEDULES}${id}.json`, documentBytes(schedule), { ifAbsent: true });
      return mapped(put, () => schedule);
    },

    async change(id, change) {
      const changed = await rewrite(id, (before) => changedSchedule(before, change(before), clock.now()));
      if (!changed.ok) return changed;
      return changed.value === undefined ? failed(noSuchSchedule(id)) : succeeded(changed.value);
    },

    async delete(id) {
      const found = await find(id);
      if (!found.ok) return found;
      return found.value === undefined ? failed(noSuchSchedule(id)) : store.delete([found.value.key]);
    },

    async ended(id, run) {
      const lastRun = { ...run, endedAt: clock.now() };
      const made = run.archive !== undefined && { madeSlot: run.slot };
      const noted = await rewrite(id, (before) =>
        before.lastRun !== undefined && before.lastRun.slot > run.slot
          ? before
          : { ...before, lastRun, ...made },
      );
      return mapped(noted, () => undefined);
    },
  };
}

/** The schedules of a store, the oldest first. */
export async function listSchedules(
  store: Store,
): Promise<Result<readonly ListedSchedule[], ArchiveFailure>> {
  const listed = await listAll(store, SCHEDULES);
  if (!listed.ok) return listed;
  const ids = listed.value.flatMap(({ key }) => {
    const id = key.slice(SCHEDULES.length).replace(/\.json$/, "");
    return scheduleKey(id) === key ? [id] : [];
  });
  const read = await sideBySide(ids, AT_ONCE, async (id) =>
    mapped(await store.get(`${SCHEDULES}${id}.json`), (stored): ListedSchedule[] => {
      // One that was deleted since is not there.
      if (stored === undefined) return [];
      const schedule = scheduleIn(stored.bytes);
      return [schedule === undefined ? { kind: "unreadable", id } : { kind: "read", schedule }];
    }),
  );
  return mapped(read, (schedules) =>
    schedules.flat().sort((one, other) => createdAtOf(one) - createdAtOf(other)),
  );
}

function createdAtOf(listed: ListedSchedule): number {
  return listed.kind === "read" ? listed.schedule.createdAt : 0;
}

/** What a schedule says about its archives; `everything` where it cannot be read. */
export type KeptBySchedule = ScheduleKeep | "everything";

/** Which archives of each schedule stay, by its id. */
export async function readScheduleKeeps(
  store: Store,
): Promise<Result<ReadonlyMap<string, KeptBySchedule>, ArchiveFailure>> {
  return mapped(await listSchedules(store), (schedules) => new Map(schedules.map(keepOf)));
}

function keepOf(listed: ListedSchedule): [string, KeptBySchedule] {
  return listed.kind === "read" ? [listed.schedule.id, listed.schedule.keep] : [listed.id, "everything"];
}
