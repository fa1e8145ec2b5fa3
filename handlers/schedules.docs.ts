import * as z from "zod";
import { ADMIN, noBody } from "./archives.docs.ts";
import { STORE } from "./offsite.docs.ts";
import { Instant, text } from "./schemas/common.ts";
import { answer, body, type Docs } from "./schemas/docs.ts";
import { BODY, failure } from "./schemas/failures.ts";

const ID = "schedule_0b5c1f5e-7d0f-4c55-9d4c-3a1c7a2f6e10";

const keep = z
  .strictObject({
    count: z.int().min(1).max(1_000).optional(),
    days: z.int().min(1).max(3_650).optional(),
  })
  .nullable();
const maxBytes = z.int().min(1).nullable();
const every = z
  .string()
  .meta({ description: "hourly, daily, weekly, monthly, or a cron expression of five fields" });
const zone = z.string().meta({ description: "An IANA time zone" });
const name = z.string().min(1).max(100);

const ok = z.literal(true);
export const Schedule = z
  .strictObject({
    id: text,
    ...{ name, every, zone, keep, maxBytes },
    enabled: z.boolean(),
    createdAt: Instant,
    changedAt: Instant,
    nextAt: Instant.nullable(),
    lastRun: z
      .strictObject({
        slot: Instant,
        endedAt: Instant,
        archive: z.strictObject({ id: text, partial: z.boolean() }).nullable(),
        failure: z.strictObject({ cause: text, sentence: text }).nullable(),
      })
      .nullable(),
  })
  .meta({ description: "When archives are made, and which of them stay" });
const Listed = z.union([Schedule, z.strictObject({ id: text, state: z.literal("unreadable") })]);
const Schedules = z.strictObject({ ok, schedules: z.array(Listed) });
const OneSchedule = z.strictObject({ ok, schedule: Schedule });
const DeletedSchedule = z.strictObject({ ok, schedule: z.strictObject({ id: text, deleted: ok }) });

const optional = { zone, keep, maxBytes, enabled: z.boolean() };
const Whole = z.strictObject({ name, every, ...z.strictObject(optional).partial().shape });
const Part = z.strictObject({ name, every, ...optional }).partial();
const example = {
  name: "Nightly",
  every: "30 2 * * *",
  zone: "Europe/Berlin",
  keep: { count: 14, days: 30 },
};
const wholeBody = body("WholeSchedule", Whole, example);
const partBody = body("PartOfSchedule", Part, { enabled: false }, false);

const refused = failure("ScheduleRefused", "There are fifty, or this one cannot be read", [
  "SCHEDULE_REFUSED",
]);
const NAMED = {
  404: failure("NoSuchSchedule", "There is no such schedule, or no store", [
    "SCHEDULE_NOT_FOUND",
    "NO_STORE",
  ]),
  409: refused,
};
const one = answer("OneSchedule", "A schedule", OneSchedule);
const parameters = ["scheduleId"] as const;

export const docs: Docs = {
  "/api/schedules": {
    tag: "archives",
    get: {
      id: "schedules",
      summary: "The schedules of archives, the oldest first",
      answers: { 200: answer("Schedules", "All schedules", Schedules), ...STORE },
    },
    post: {
      id: "createSchedule",
      summary: "Makes a schedule of archives",
      request: wholeBody,
      answers: { 201: one, ...BODY, ...ADMIN, 409: refused },
    },
  },
  "/api/schedules/:scheduleId": {
    tag: "archives",
    put: {
      id: "replaceSchedule",
      summary: "Says anew what a schedule is to do; what is left out gets its default",
      parameters,
      request: wholeBody,
      answers: { 200: one, ...BODY, ...ADMIN, ...NAMED },
    },
    patch: {
      id: "changeSchedule",
      summary: "Changes what it names of a schedule",
      parameters,
      request: partBody,
      answers: { 200: one, ...BODY, ...ADMIN, ...NAMED },
    },
    delete: {
      id: "deleteSchedule",
      summary: "Deletes a schedule; its archives stay, by the rules for all",
      parameters,
      request: noBody,
      answers: {
        200: answer("DeletedSchedule", "It is gone", DeletedSchedule, {
          example: { ok: true, schedule: { id: ID, deleted: true } },
        }),
        ...BODY,
        ...ADMIN,
        ...NAMED,
      },
    },
  },
};
