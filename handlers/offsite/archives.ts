import * as z from "zod/mini";
import type { ArchiveFailure, ArchiveService } from "../../services/archiveService.ts";
import type { ArchiveJobs, Offsite, OffsiteFailure } from "../../services/offsite.ts";
import type { Result } from "../../utils/failures.ts";
import type { OffsiteHandlers } from "../offsite.ts";
import type { RequestContext } from "../requestContext.ts";
import { ServiceError } from "../serviceError.ts";
import { archiveAnswer, listedAnswer, pruneAnswer } from "./archiveAnswer.ts";
import { jobAnswer } from "./jobs.ts";
import { opened, storeFailed } from "./opened.ts";
import { checkedBody, checkedQuery, limit } from "./request.ts";

const MOST_LISTED = 500;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

const Create = z.strictObject({
  from: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,200}$/))),
  full: z._default(z.boolean(), false),
  assets: z._default(z.boolean(), true),
});
const CREATE = {
  from: "the id of an environment",
  full: "true or false",
  assets: "true or false",
};
const Verify = z.strictObject({ level: z._default(z.enum(["quick", "full", "deep"]), "full") });
const VERIFY = { level: "one of quick, full, deep" };
const Prune = z.strictObject({ dryRun: z._default(z.boolean(), false) });
const PRUNE = { dryRun: "true or false" };
const Nothing = z.strictObject({});
const Asked = z.object({
  limit: limit(MOST_LISTED),
  cursor: z.optional(z.string().check(z.regex(NAME))),
});
const ASKED = { limit: `a whole number from 1 to ${MOST_LISTED}`, cursor: "the cursor of a page" };

const BY_HAND = { trigger: "hand", by: "holder" } as const;

type Handlers = Pick<
  OffsiteHandlers,
  | "archives"
  | "archive"
  | "createArchive"
  | "deleteArchive"
  | "verifyArchive"
  | "pruneArchives"
  | "pinArchive"
  | "unpinArchive"
  | "downloadArchive"
>;

/** The routes about archives. */
export function archiveHandlers(offsite: Offsite, jobs: ArchiveJobs): Handlers {
  async function archives(): Promise<ArchiveService> {
    return (await opened(offsite)).archives;
  }

  async function pinned(context: RequestContext, verb: "pin" | "unpin"): Promise<Response> {
    await checkedBody(context, Nothing, {});
    const id = orRefuse(await (await archives())[verb](nameIn(context)));
    return context.json({ ok: true, archive: { id, pinned: verb === "pin" } });
  }

  return {
    async archives(context) {
      const { limit, cursor } = checkedQuery(context, Asked, ASKED);
      const listed = orRefuse(await (await archives()).list());
      const first = cursor === undefined ? 0 : listed.findIndex(({ id }) => id === cursor) + 1;
      const page = listed.slice(first, first + limit);
      const next = first + limit < listed.length ? (page.at(-1)?.id ?? null) : null;
      const [total, filtered] = [listed.length, page.length];
      return context.json({ ok: true, archives: page.map(listedAnswer), total, filtered, cursor: next });
    },

    async archive(context) {
      const manifest = orRefuse(await (await archives()).show(nameIn(context)));
      return context.json({ ok: true, archive: archiveAnswer(manifest) });
    },

    async createArchive(context) {
      const { from = null, full, assets } = await checkedBody(context, Create, CREATE);
      const asked = { ...BY_HAND, from, createdAt: null, cadences: [], withAssets: assets, isFull: full };
      const job = await jobs.start("archive", asked);
      if (!job.ok) throw storeFailed(job.failure);
      return context.json({ ok: true, job: jobAnswer(job.value) }, 202);
    },

    async verifyArchive(context) {
      const { level } = await checkedBody(context, Verify, VERIFY);
      const name = nameIn(context);
      // One whose manifest is damaged is there, and is told as that.
      const found = await (await archives()).show(name);
      if (!found.ok && found.failure.cause === "ARCHIVE_NOT_FOUND") orRefuse(found);
      const archive = found.ok ? found.value.id : name;
      const job = orRefuse(await jobs.start("verify", { ...BY_HAND, archive, level }));
      return context.json({ ok: true, job: jobAnswer(job) }, 202);
    },

    async deleteArchive(context) {
      await checkedBody(context, Nothing, {});
      const id = orRefuse(await (await archives()).delete(nameIn(context)));
      return context.json({ ok: true, prune: { kept: [], deleted: [id] } });
    },

    async pruneArchives(context) {
      const { dryRun } = await checkedBody(context, Prune, PRUNE);
      const pruned = await (await archives()).prune({ isDryRun: dryRun, isForced: false });
      return context.json(pruneAnswer(orRefuse(pruned)));
    },

    pinArchive: (context) => pinned(context, "pin"),
    unpinArchive: (context) => pinned(context, "unpin"),

    async downloadArchive(context) {
      const { manifest, body } = orRefuse(await (await archives()).download(nameIn(context)));
      return context.body(body, 200, {
        "Content-Type": "application/x-tar",
        "Content-Disposition": `attachment; filename="${manifest.id}.tar"`,
        "Content-Security-Policy": "sandbox",
      });
    },
  };
}

/** @throws ServiceError 404 for what can be no archive's */
function nameIn(context: RequestContext): string {
  const name = context.req.param("archiveId") ?? "";
  if (!NAME.test(name)) throw new ServiceError("ARCHIVE_NOT_FOUND", 404, "There is no archive of this id.");
  return name;
}

/**
 * What a verb has returned.
 *
 * @throws ServiceError 404 where there is no such archive, 409 where it cannot be done, 500 where the store or DatoCMS
 *   stands in the way
 */
export function orRefuse<T>(result: Result<T, ArchiveFailure | OffsiteFailure>): T {
  if (result.ok) return result.value;
  const { cause, sentence } = result.failure;
  const facts = "facts" in result.failure ? result.failure.facts : {};
  if (cause === "ARCHIVE_NOT_FOUND") throw new ServiceError("ARCHIVE_NOT_FOUND", 404, sentence);
  if (REFUSED.test(cause)) throw new ServiceError("ARCHIVE_REFUSED", 409, sentence, { ...facts, cause });
  throw storeFailed(result.failure);
}

/** Causes that lie in the archives, and not in the way to them. */
const REFUSED = /^(?:ARCHIVE_|CLOCK_SKEW$|SWEEP_REFUSED$|VERIFICATION_UNDER_WAY$)/;
