import * as z from "zod/mini";
import type {
  ListedSchedule,
  Offsite,
  OffsiteFailure,
  Schedule,
  ScheduleTimes,
  ScheduleWishes,
  Timing,
} from "../../services/offsite.ts";
import type { Result } from "../../utils/failures.ts";
import { iso } from "../answers.ts";
import type { OffsiteHandlers } from "../offsite.ts";
import type { RequestContext } from "../requestContext.ts";
import { ServiceError } from "../serviceError.ts";
import { opened, storeFailed } from "./opened.ts";
import { checkedBody } from "./request.ts";

const whole = (most: number) => z.number().check(z.int(), z.gte(1), z.lte(most));
const MOST_COUNT = 1_000;
const MOST_DAYS = 3_650;

const name = z.string().check(z.regex(/^(?=\S)\P{C}{1,100}(?<=\S)$/u));
/** What its fields may hold is the calendar's to say; the minute is one, because servers look once an hour. */
const every = z
  .string()
  .check(z.regex(/^(?:hourly|daily|weekly|monthly|[0-5]?\d(?: [\dA-Za-z*,/#-]{1,40}){4})$/));
const zone = z.string().check(z.regex(/^[A-Za-z][\w+-]{0,40}(?:\/[\w+-]{1,40}){0,2}$/));
const keep = z.nullable(
  z
    .strictObject({ count: z.optional(whole(MOST_COUNT)), days: z.optional(whole(MOST_DAYS)) })
    .check(z.refine(({ count, days }) => count !== undefined || days !== undefined)),
);
const maxBytes = z.nullable(whole(Number.MAX_SAFE_INTEGER));
const enabled = z.boolean();

const Whole = z.strictObject({
  name,
  every,
  zone: z._default(zone, "UTC"),
  keep: z._default(keep, null),
  maxBytes: z._default(maxBytes, null),
  enabled: z._default(enabled, true),
});
const Part = z.partial(z.strictObject({ name, every, zone, keep, maxBytes, enabled }));
const Nothing = z.strictObject({});
const EXPECTED = {
  name: "a text of 1 to 100 characters, in one line",
  every:
    "hourly, daily, weekly, monthly, or a cron expression of five fields that comes, with one number for its minute: a schedule comes once an hour at most",
  zone: "an IANA time zone, such as Europe/Berlin",
  keep: `null, or an object with count (1 to ${MOST_COUNT}), days (1 to ${MOST_DAYS}), or both`,
  maxBytes: "null, or a whole number from 1",
  enabled: "true or false",
};

type Handlers = Pick<
  OffsiteHandlers,
  "schedules" | "createSchedule" | "replaceSchedule" | "changeSchedule" | "deleteSchedule"
>;

/** The routes about schedules of archives. */
export function scheduleHandlers(offsite: Offsite, times: ScheduleTimes): Handlers {
  const schedulesOf = async () => (await opened(offsite)).schedules;
  const answerOf = (context: RequestContext, schedule: Schedule) =>
    scheduleAnswer(schedule, times, context.env.clock.now());

  async function wishesIn(context: RequestContext): Promise<ScheduleWishes> {
    const { keep, maxBytes, ...wishes } = await checkedBody(context, Whole, EXPECTED);
    checkTiming(wishes, times);
    return { ...wishes, keep: keep ?? {}, maxBytes: maxBytes ?? undefined };
  }

  return {
    async schedules(context) {
      const listed = orRefuse(await (await schedulesOf()).list());
      const answer = (each: ListedSchedule) =>
        each.kind === "read" ? answerOf(context, each.schedule) : { id: each.id, state: "unreadable" };
      return context.json({ ok: true, schedules: listed.map(answer) });
    },

    async createSchedule(context) {
      const wishes = await wishesIn(context);
      const schedule = orRefuse(await (await schedulesOf()).create(wishes));
      return context.json({ ok: true, schedule: answerOf(context, schedule) }, 201);
    },

    async replaceSchedule(context) {
      const wishes = await wishesIn(context);
      const schedule = orRefuse(await (await schedulesOf()).change(idIn(context), () => wishes));
      return context.json({ ok: true, schedule: answerOf(context, schedule) });
    },

    async changeSchedule(context) {
      const { keep, maxBytes, ...part } = await checkedBody(context, Part, EXPECTED);
      checkTiming({ every: part.every ?? "hourly", zone: part.zone ?? "UTC" }, times);
      const changed = await (await schedulesOf()).change(idIn(context), (before) => ({
        name: part.name ?? before.name,
        every: part.every ?? before.every,
        zone: part.zone ?? before.zone,
        enabled: part.enabled ?? before.enabled,
        keep: keep === undefined ? before.keep : (keep ?? {}),
        maxBytes: maxBytes === undefined ? before.maxBytes : (maxBytes ?? undefined),
      }));
      return context.json({ ok: true, schedule: answerOf(context, orRefuse(changed)) });
    },

    async deleteSchedule(context) {
      await checkedBody(context, Nothing, {});
      const id = idIn(context);
      orRefuse(await (await schedulesOf()).delete(id));
      return context.json({ ok: true, schedule: { id, deleted: true } });
    },
  };
}

/** @throws ServiceError 400 `INVALID_BODY` for a member that no calendar understands */
function checkTiming(timing: Timing, times: ScheduleTimes): void {
  const wrong = times.wrongMember(timing);
  if (wrong === undefined) return;
  const expected = EXPECTED[wrong];
  throw new ServiceError("INVALID_BODY", 400, `${wrong} must be ${expected}.`, { expected });
}

/** Whatever it is, the store knows whether there is such a schedule. */
function idIn(context: RequestContext): string {
  return context.req.param("scheduleId") ?? "";
}

/** A schedule as every answer has it. */
function scheduleAnswer(schedule: Schedule, times: ScheduleTimes, now: number) {
  const { id, name, every, zone, keep, maxBytes = null, enabled, createdAt, changedAt, lastRun } = schedule;
  const next = enabled ? times.nextAfter(schedule, now) : undefined;
  return {
    ...{ id, name, every, zone },
    keep: Object.keys(keep).length === 0 ? null : keep,
    ...{ maxBytes, enabled, createdAt: iso(createdAt), changedAt: iso(changedAt) },
    nextAt: next === undefined ? null : iso(next),
    lastRun: lastRun === undefined ? null : runAnswer(lastRun),
  };
}

function runAnswer({ slot, endedAt, archive, failure }: NonNullable<Schedule["lastRun"]>) {
  const times = { slot: iso(slot), endedAt: iso(endedAt) };
  return { ...times, archive: archive ?? null, failure: failure ?? null };
}

/**
 * What a verb has returned.
 *
 * @throws ServiceError 404 where there is no such schedule, 409 where it cannot be done, 500 where the store stands in
 *   the way
 */
function orRefuse<T>(result: Result<T, OffsiteFailure>): T {
  if (result.ok) return result.value;
  const { cause, sentence } = result.failure;
  if (cause === "SCHEDULE_NOT_FOUND") throw new ServiceError("SCHEDULE_NOT_FOUND", 404, sentence);
  if (cause === "SCHEDULE_UNREADABLE" || cause === "TOO_MANY_SCHEDULES")
    throw new ServiceError("SCHEDULE_REFUSED", 409, sentence, { cause });
  throw storeFailed(result.failure);
}
