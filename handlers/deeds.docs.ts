import * as z from "zod";
import { ADMIN as ARCHIVES_ADMIN } from "./archives.docs.ts";
import { CopyId, count, Instant, text } from "./schemas/common.ts";
import { answer, body, type Docs } from "./schemas/docs.ts";
import { AT, DAILY } from "./schemas/examples.ts";
import { BODY_CODES, DATOCMS, failure, SIZE } from "./schemas/failures.ts";

const Kept = z.strictObject({
  ok: z.literal(true),
  kept: z.strictObject({
    environmentId: CopyId,
    name: text,
    room: z.strictObject({ sandboxes: count, limit: z.union([count, z.literal("unlimited")]).nullable() }),
    sentence: text,
  }),
});
const Removed = z.strictObject({
  ok: z.literal(true),
  removed: z.strictObject({ environmentId: CopyId, takenAt: Instant }),
});

const expects = { INVALID_BODY: z.strictObject({ expected: text }) };
const wrong = [...BODY_CODES, "INVALID_ENVIRONMENT_ID"] as const;
const ADMIN = { 403: ARCHIVES_ADMIN[403] };
const NO_BACKUP = { 404: failure("NoSuchBackup", "There is no such environment", ["ENVIRONMENT_NOT_FOUND"]) };
const REFUSED = ["BACKUP_IN_USE", "ENVIRONMENT_NOT_READY", "ENVIRONMENT_REPLACED", "NOT_A_BACKUP"] as const;

export const docs: Docs = {
  "/api/backups/:environmentId": {
    tag: "jobs",
    delete: {
      id: "removeBackup",
      summary: "Removes a backup for good; never the last one that is sure to stay",
      parameters: ["environmentId"],
      request: body("RemoveBackup", z.strictObject({ confirm: z.string() }), { confirm: DAILY }),
      answers: {
        200: answer("RemovedBackup", "What went", Removed, {
          example: { ok: true, removed: { environmentId: DAILY, takenAt: AT } },
        }),
        400: failure("NotRemoved", "The body does not say again what is to go", wrong, expects),
        ...ADMIN,
        ...NO_BACKUP,
        409: failure("MustStay", "The backup stays, and why", [...REFUSED, "LAST_BACKUP"]),
        ...SIZE,
        ...DATOCMS,
      },
    },
  },
  "/api/backups/:environmentId/keep": {
    tag: "jobs",
    post: {
      id: "keepBackup",
      summary: "Keeps a backup for good: gives it a name of its own, which no run removes",
      parameters: ["environmentId"],
      request: body("KeepBackup", z.strictObject({ name: z.string() }), { name: "before-launch" }),
      answers: {
        200: answer("KeptBackup", "What it is called now, and what that takes", Kept, {
          example: {
            ok: true,
            kept: {
              environmentId: DAILY,
              name: "before-launch",
              room: { sandboxes: 5, limit: 8 },
              sentence:
                "No run removes it: its place in the plan stays taken until you delete it in DatoCMS. Of 8 places 3 are free now.",
            },
          },
        }),
        400: failure("NotKept", "No name that the backup may have", [...wrong, "INVALID_NAME"], expects),
        ...ADMIN,
        ...NO_BACKUP,
        409: failure("CannotKeep", "The backup is not kept, and why", [...REFUSED, "NAME_TAKEN"]),
        ...SIZE,
        ...DATOCMS,
      },
    },
  },
};
