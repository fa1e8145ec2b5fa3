import * as z from "zod";
import { OneJob, STORE, WRONG_QUERY } from "./offsite.docs.ts";
import { count, Instant, text } from "./schemas/common.ts";
import { answer, body, type Docs } from "./schemas/docs.ts";
import { BODY, failure } from "./schemas/failures.ts";

const ID = "2026-03-07T030000Z-main-1f2e3d4c";

const archive = {
  id: text,
  createdAt: Instant,
  source: z.looseObject({ kind: text, environment: text, projectId: text }),
  consistency: z.enum(["frozen-fork", "fork", "live-stable", "live-fuzzy"]),
  counts: z.looseObject({ models: count, records: count, uploads: count, assets: count, assetBytes: count }),
  partial: z.boolean(),
  sha256: text,
  storedBytes: count,
  reusedBytes: count,
  calls: count,
  durationMs: count,
  encrypted: z.boolean(),
  warnings: z.array(
    z.looseObject({ code: text, sentence: text, id: text.optional(), name: text.optional() }),
  ),
};
const marks = { pinned: z.boolean(), uploaded: z.boolean() };
export const Archive = z.strictObject(archive).meta({ description: "What an archive holds, and how well" });
const Listed = z.union([
  z.strictObject({ ...archive, ...marks }),
  z.strictObject({ id: text, writtenAt: Instant, state: z.enum(["newer", "damaged"]), ...marks }),
]);
const ok = z.literal(true);
const Archives = z.strictObject({
  ok,
  archives: z.array(Listed),
  total: count,
  filtered: count,
  cursor: text.nullable(),
});
const OneArchive = z.strictObject({ ok, archive: Archive });
const Uploaded = z
  .strictObject({ ok: z.boolean(), archive: Archive })
  .meta({ description: "`ok` is false where the archive is in the store and is not complete" });
const Pinned = z.strictObject({ ok, archive: z.strictObject({ id: text, pinned: z.boolean() }) });
const fates = {
  kept: z.array(z.looseObject({ id: text, because: z.array(text) })),
  deleted: z.array(text),
};
const Deleted = z.strictObject({ ok, prune: z.strictObject(fates) });
const Sweep = z.strictObject({
  state: z.enum(["swept", "waiting", "refused"]),
  objects: count,
  marked: count,
  due: count,
  deleted: count,
  deletedBytes: count,
});
const Pruned = z
  .strictObject({
    ok: z.boolean(),
    prune: z.strictObject({
      ...fates,
      removed: z.array(z.strictObject({ id: text, successor: text })),
      sweep: Sweep.nullable(),
      refused: z.strictObject({ code: z.literal("SWEEP_REFUSED"), sentence: text }).nullable(),
    }),
  })
  .meta({
    description: "`ok` is false where objects had to be left that may be surplus; `refused` says why",
  });
const Empty = z.strictObject({});

const CREATE = z.strictObject({
  from: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,200}$/)
    .optional(),
  full: z.boolean().optional(),
  assets: z.boolean().optional(),
});
const createBody = body("CreateArchive", CREATE, { from: "main", assets: true }, false);
const verifyBody = body(
  "VerifyArchive",
  z.strictObject({ level: z.enum(["quick", "full", "deep"]).optional() }),
  { level: "full" },
  false,
);
const pruneBody = body(
  "PruneArchives",
  z.strictObject({ dryRun: z.boolean().optional() }),
  { dryRun: true },
  false,
);
export const noBody = body("NoMembers", Empty, {}, false);

export const ADMIN = {
  ...STORE,
  403: failure("AdminSecretRequired", "The call does not bear BACKUP_ADMIN_SECRET", [
    "ADMIN_SECRET_REQUIRED",
    "CROSS_SITE_REQUEST",
  ]),
};
const NAMED = {
  404: failure("NoSuchArchive", "There is no such archive, or no store", ["ARCHIVE_NOT_FOUND", "NO_STORE"]),
  409: failure("ArchiveRefused", "What stands in the way in the archives themselves", ["ARCHIVE_REFUSED"]),
};
const expects = { INVALID_BODY: z.strictObject({ expected: text }) };
const FILE = {
  400: failure("NoArchive", "No archive, or not all of one", ["INVALID_BODY"], expects),
  413: failure("TooLargeForDisk", "The body is larger than the disk allows", ["INVALID_BODY"], expects),
  415: failure("NoTar", "The body is not sent as a file", ["INVALID_BODY"], expects),
};
const tar = {
  name: "Tar",
  required: true,
  types: ["application/x-tar", "application/octet-stream"],
} as const;
const begun = answer("OneJob", "A job", OneJob);
const pinned = answer("Pinned", "Whether retention leaves it alone", Pinned, {
  example: { ok: true, archive: { id: ID, pinned: true } },
});
const deleted = answer("Deleted", "Which archive went", Deleted, {
  example: { ok: true, prune: { kept: [], deleted: [ID] } },
});
const pruned = answer("Pruned", "What stays and why, and what went", Pruned, {
  example: {
    ok: true,
    prune: {
      kept: [{ id: ID, because: ["daily"] }],
      deleted: [],
      removed: [],
      sweep: { state: "swept", objects: 1_204, marked: 12, due: 3, deleted: 3, deletedBytes: 48_211 },
      refused: null,
    },
  },
});
const parameters = ["archiveId"] as const;

export const docs: Docs = {
  "/api/archives": {
    tag: "archives",
    get: {
      id: "archives",
      summary: "The archives, the newest first",
      parameters: ["limit", "cursor"],
      answers: {
        200: answer("Archives", "A page of archives", Archives),
        ...WRONG_QUERY,
        ...STORE,
        409: NAMED[409],
      },
    },
    post: {
      id: "createArchive",
      summary: "Begins an archive, or joins the one that is being made",
      request: createBody,
      answers: { 202: begun, ...BODY, ...ADMIN },
    },
  },
  "/api/archives/prune": {
    tag: "archives",
    post: {
      id: "pruneArchives",
      summary: "Deletes the archives that no rule of BACKUP_ARCHIVE_KEEP keeps",
      request: pruneBody,
      answers: { 200: pruned, ...BODY, ...ADMIN, 409: NAMED[409] },
    },
  },
  "/api/archives/upload": {
    tag: "archives",
    post: {
      id: "uploadArchive",
      summary: "Takes the tar of a download into the store, once all of it was checked",
      request: tar,
      answers: { 201: answer("Uploaded", "The archive", Uploaded), ...FILE, ...ADMIN, 409: NAMED[409] },
    },
  },
  "/api/archives/:archiveId": {
    tag: "archives",
    get: {
      id: "archive",
      summary: "One archive",
      parameters,
      answers: { 200: answer("OneArchive", "An archive", OneArchive), ...STORE, ...NAMED },
    },
    delete: {
      id: "deleteArchive",
      summary: "Deletes an archive; for seven days it can be got back at the command line",
      parameters,
      request: noBody,
      answers: { 200: deleted, ...BODY, ...ADMIN, ...NAMED },
    },
  },
  "/api/archives/:archiveId/verify": {
    tag: "archives",
    post: {
      id: "verifyArchive",
      summary: "Begins to look whether an archive is as it was written",
      parameters,
      request: verifyBody,
      answers: { 202: begun, ...BODY, ...ADMIN, ...NAMED },
    },
  },
  "/api/archives/:archiveId/pin": {
    tag: "archives",
    put: {
      id: "pinArchive",
      summary: "Keeps an archive until it is unpinned",
      parameters,
      request: noBody,
      answers: { 200: pinned, ...BODY, ...ADMIN, ...NAMED },
    },
    delete: {
      id: "unpinArchive",
      summary: "Leaves an archive to the rules again",
      parameters,
      request: noBody,
      answers: { 200: pinned, ...BODY, ...ADMIN, ...NAMED },
    },
  },
  "/api/archives/:archiveId/download": {
    tag: "archives",
    get: {
      id: "downloadArchive",
      summary: "The whole archive as one tar",
      parameters,
      answers: {
        200: { name: "Tar", description: "The tar, as it is read", texts: ["application/x-tar"] },
        ...ADMIN,
        ...NAMED,
      },
    },
  },
};
