import * as z from "zod/mini";
import type { KeptBackup, Removed } from "../services/backupService.ts";
import { iso } from "./answers.ts";
import { orThrow } from "./failures.ts";
import { checkedBody } from "./offsite/request.ts";
import { type RequestContext, serviceFor } from "./requestContext.ts";
import { environmentIdIn } from "./restoreGuide.ts";
import { ServiceError } from "./serviceError.ts";

/** Somebody waits for the answer; a deed takes a few calls. */
export const ANSWER_MS = 25_000;
/** Whoever keeps or removes a backup. */
export const BY_HAND = { trigger: "hand", by: "holder" } as const;

const Keep = z.strictObject({ name: z.string() });
const KEEP = { name: "the name that the backup is to have" };
const Remove = z.strictObject({ confirm: z.string() });
const REMOVE = { confirm: "the id of the backup that is to be removed" };

/** `POST /api/backups/:environmentId/keep`: gives a backup a name of its own, which no run removes. */
export async function keepBackup(context: RequestContext): Promise<Response> {
  const environmentId = environmentIdIn(context);
  const { name } = await checkedBody(context, Keep, KEEP);
  const service = serviceFor(context, { budgetMs: ANSWER_MS });
  const kept = orThrow(await service.keep({ ...BY_HAND, environmentId, name }));
  return context.json({ ok: true, kept: keptAnswer(kept) });
}

/** `DELETE /api/backups/:environmentId`: removes a backup for good, once its id was typed again. */
export async function removeBackup(context: RequestContext): Promise<Response> {
  const environmentId = environmentIdIn(context);
  const { confirm } = await checkedBody(context, Remove, REMOVE);
  if (confirm !== environmentId)
    throw new ServiceError("INVALID_BODY", 400, `confirm must be ${REMOVE.confirm}.`, {
      expected: REMOVE.confirm,
    });
  const service = serviceFor(context, { budgetMs: ANSWER_MS });
  const removed = orThrow(await service.remove({ ...BY_HAND, environmentId }));
  return context.json({ ok: true, removed: removedAnswer(removed) });
}

/** A kept backup, as answers write it. */
export function keptAnswer({ environmentId, name, sandboxes, room: { limit } }: KeptBackup) {
  return {
    environmentId,
    name,
    room: { sandboxes, limit: limit === Number.POSITIVE_INFINITY ? "unlimited" : (limit ?? null) },
    sentence: keptSentence(sandboxes, limit),
  };
}

/** Says what a kept backup takes. */
function keptSentence(sandboxes: number, limit: number | undefined): string {
  const takes = "No run removes it: its place in the plan stays taken until you delete it in DatoCMS.";
  if (limit === undefined || limit === Number.POSITIVE_INFINITY) return takes;
  const free = Math.max(0, limit - sandboxes);
  const left = free === 0 ? "none is free now" : `${free} ${free === 1 ? "is" : "are"} free now`;
  return `${takes} Of ${limit} places ${left}.`;
}

/** A backup that went, as answers write it. */
export function removedAnswer({ environmentId, takenAt }: Removed) {
  return { environmentId, takenAt: iso(takenAt) };
}
