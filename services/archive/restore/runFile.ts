import * as z from "zod";
import { failed, failure, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { parsedJson } from "../../../utils/json.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import { documentBytes } from "../../stores/document.ts";
import { STORE_BUSY } from "../../stores/failures.ts";
import { listAll } from "../../stores/listAll.ts";
import type { Store } from "../../stores/store.ts";
import { canonicalHash } from "../canonicalHash.ts";
import { MODES, type RestoreFailure } from "./words.ts";

const RUN_ID = /^restore_[0-9a-z]{1,40}$/;
const instant = z.iso.datetime();
/** Promotion changes nothing but `primary`. */
const environment = z.object({ id: z.string(), createdAt: instant, primary: z.boolean() });
const Entity = z.object({ kind: z.string(), id: z.string(), name: z.string() });
const Refusal = z.object({ what: z.string(), id: z.string(), code: z.string(), sentence: z.string() });

/**
 * What is remembered of a restore: written before its first change, so that a process that dies leaves it behind. What
 * was done shows in the target; this holds only what does not.
 */
const RunDocument = z.object({
  format: z.literal(1),
  id: z.string().regex(RUN_ID),
  /** The same for the same command: an open run of this key is gone on with. */
  key: z.string(),
  source: z.object({ kind: z.enum(["archive", "environment"]), name: z.string() }),
  /** The environment that is written; as it was named where the run makes it. */
  into: z.string(),
  target: environment.optional(),
  /** Whether the run forks the primary to `into`. */
  makesTarget: z.boolean(),
  mode: z.enum(MODES),
  /** As they were asked for: one of the forms of SCOPES. */
  only: z.array(z.string()),
  flags: z.object({ draft: z.boolean(), relink: z.boolean(), shell: z.boolean() }),
  planHash: z.string().nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
  undoneAt: instant.nullable(),
  /** What the run creates and deletes of the schema; null until it is about to write. */
  schemaPlan: z.object({ create: z.array(Entity), delete: z.array(Entity) }).nullable(),
  /** Ids of the records that the run's plan deletes. */
  deletes: z.array(z.string()),
  /** Fields whose validators were loosened, as they were: of each field once. */
  loosened: z.array(z.object({ id: z.string(), /** JSON. */ validators: z.string() })),
  /** Ids of models that demanded all locales until the run let their records be without some. */
  loosenedModels: z.array(z.string()),
  /** What was written, as it was left, by id. */
  left: z.object({
    /** Versions; null where DatoCMS does not tell, and of what was deleted. */
    records: z.record(z.string(), z.string().nullable()),
    /** Fingerprints. */
    uploads: z.record(z.string(), z.string()),
  }),
  /** Ids of records that were moved within their list or tree, by the run or to take it back. */
  moved: z.array(z.string()).default([]),
  /** An undo that is under way: ids of records that nobody else had changed when it began to write. */
  undoing: z
    .object({
      /** While the schema is put back, which may make versions of any of them. */
      schema: z.array(z.string()),
      /** While they are put back themselves. */
      records: z.array(z.string()),
    })
    .default({ schema: [], records: [] }),
  /** When the target was changed last when the run ended, by DatoCMS's clock. */
  leftAt: instant.nullable(),
  applied: z.object({ records: z.int(), uploads: z.int(), schema: z.int() }),
  refused: z.array(Refusal),
});

export type RestoreRun = z.infer<typeof RunDocument>;

/**
 * Whether an environment is the one that a run has written, neither replaced nor promoted since (rules 9 and 21).
 *
 * @param createdAt ms since the epoch
 */
export function isTargetOf(
  { target }: RestoreRun,
  { createdAt, primary }: { readonly createdAt: number; readonly primary: boolean },
): boolean {
  return target !== undefined && createdAt === Date.parse(target.createdAt) && primary === target.primary;
}

/** What makes two commands the same. */
export type RunKey = Pick<RestoreRun, "source" | "into" | "makesTarget" | "mode" | "only" | "flags">;

export function keyOfRun({ source, into, makesTarget, mode, only, flags }: RunKey): string {
  return canonicalHash({ source, into, makesTarget, mode, only: only.toSorted(), flags });
}

/** The runs of restores in a store. */
export interface RestoreRuns {
  /** The newest first. Files that cannot be read are left out. */
  list(): Promise<Result<readonly RestoreRun[], RestoreFailure>>;
  /** Writes a run that is not there yet. */
  begin(run: RestoreRun): Promise<Result<KeptRun, RestoreFailure>>;
  /** Opens one that is there, to change it. */
  open(id: string): Promise<Result<KeptRun, RestoreFailure>>;
}

/** A run that this process works on. */
export interface KeptRun {
  current(): RestoreRun;
  /** Resolves once the change is kept; a failure where another process has taken the run over. */
  change(change: Partial<RestoreRun>): Promise<Result<void, RestoreFailure>>;
  /** Notes the versions that records were left with, as `change` does. */
  noteLeft(versions: RestoreRun["left"]["records"]): Promise<Result<void, RestoreFailure>>;
}

const AT_ONCE = 8;

export function restoreRunsIn(store: Store): RestoreRuns {
  async function read(id: string) {
    const stored = await store.get(keyOf(id));
    return mapped(stored, (found) => {
      const text = found && new TextDecoder().decode(found.bytes);
      const run = RunDocument.safeParse(parsedJson(text ?? "")).data;
      return run === undefined || found === undefined ? undefined : { run, etag: found.etag };
    });
  }

  function kept(first: RestoreRun, firstEtag: string): KeptRun {
    let [run, etag] = [first, firstEtag];
    const self: KeptRun = {
      current: () => run,
      noteLeft(versions) {
        const { records, uploads } = run.left;
        return self.change({ left: { records: { ...records, ...versions }, uploads } });
      },
      async change(change) {
        const next = { ...run, ...change };
        const put = await store.put(keyOf(run.id), documentBytes(next), { ifMatch: etag });
        if (!put.ok) return put;
        if (put.value.kind === "conflict") return failed(restoreTakenOver(run.id));
        [run, etag] = [next, put.value.etag];
        return succeeded(undefined);
      },
    };
    return self;
  }

  return {
    async list() {
      const listed = await listAll(store, "restores/");
      if (!listed.ok) return listed;
      const ids = listed.value.flatMap(
        ({ key }) => /^restores\/(restore_[0-9a-z]+)\/run\.json$/.exec(key)?.[1] ?? [],
      );
      const runs = await sideBySide(ids, AT_ONCE, read);
      return mapped(runs, (found) =>
        found
          .flatMap((each) => each?.run ?? [])
          .toSorted((one, other) => (one.startedAt < other.startedAt ? 1 : -1)),
      );
    },
    async begin(run) {
      const put = await store.put(keyOf(run.id), documentBytes(run), { ifAbsent: true });
      if (!put.ok) return put;
      return put.value.kind === "conflict" ? failed(STORE_BUSY) : succeeded(kept(run, put.value.etag));
    },
    async open(id) {
      if (!RUN_ID.test(id)) return failed(noSuchRun(id));
      const found = await read(id);
      if (!found.ok) return found;
      return found.value === undefined
        ? failed(noSuchRun(id))
        : succeeded(kept(found.value.run, found.value.etag));
    },
  };
}

function keyOf(id: string): string {
  return `restores/${id}/run.json`;
}

function noSuchRun(id: string) {
  return failure("RESTORE_NOT_FOUND", `There is no restore ${id}.`, "`restore status` lists them.", {
    restore: id,
  });
}

/** Two processes work on one run: the one that came first stops. */
export function restoreTakenOver(id: string) {
  return failure(
    "RESTORE_TAKEN_OVER",
    `Another process goes on with the restore ${id}.`,
    "`restore status` tells how it ends.",
    { restore: id },
  );
}
