import type { Clock } from "../utils/clock.ts";
import type { Cadence } from "../utils/config.ts";
import { failed, INTERNAL_ERROR, mapped, type Result } from "../utils/failures.ts";
import type { ArchiveFailure } from "./archive/failures.ts";
import type { Manifest } from "./archive/manifest.ts";
import { historyOf } from "./history/history.ts";
import type {
  ArchiveMade,
  ArchiveRecord,
  PruneRecord,
  Run,
  RunFailure,
  RunRecord,
} from "./history/record.ts";
import { isWorthKeeping } from "./history/run.ts";
import { ROOT_KEY } from "./stores/root.ts";
import type { Store } from "./stores/store.ts";

/** Every verb that does work on archives ends as one record, whatever comes of it; see `services/history/record.ts`. */
export interface ArchiveRuns {
  /** @param about the environment as far as it is known, and the kinds of backup that its archive stands for */
  archive(
    about: { readonly environmentId: string | undefined; readonly cadences: readonly Cadence[] },
    work: () => Promise<Result<Manifest, ArchiveFailure>>,
  ): Promise<Result<Manifest, ArchiveFailure>>;
  /** @param bytes of the tar */
  upload(
    bytes: number,
    work: () => Promise<Result<Manifest, ArchiveFailure>>,
  ): Promise<Result<Manifest, ArchiveFailure>>;
  /** @param about `archiveId`: undefined where objects of all archives are looked at */
  verify<T extends Looked>(
    about: { readonly archiveId: string | undefined; readonly level: string },
    work: () => Promise<Result<T, ArchiveFailure>>,
  ): Promise<Result<T, ArchiveFailure>>;
  /** Deletes archives, by retention or by name. A dry run is none. */
  prune<T extends Gone>(work: () => Promise<Result<T, ArchiveFailure>>): Promise<Result<T, ArchiveFailure>>;
}

/** What a verification has looked at. */
interface Looked {
  readonly objects: number;
  readonly bytes: number;
  readonly problems: readonly unknown[];
}

/** Archives that went, by their ids, and those that stayed. */
interface Gone {
  readonly deleted: readonly string[];
  readonly kept: readonly unknown[];
  /** Why objects were left that may be surplus. */
  readonly refusal?: RunFailure | undefined;
  /** The run before had to leave them. */
  readonly wasRefused?: boolean | undefined;
}

/** What records are made with. */
export interface Recording {
  readonly clock: Clock;
  /** What sets runs off, and who. */
  readonly asked: Pick<Run, "trigger" | "by">;
  /** Takes a record; never rejects, and never fails a run. */
  readonly keep: (record: RunRecord) => Promise<unknown>;
  /** A run that is interrupted has no end of its own, and no record. */
  readonly signal?: AbortSignal | undefined;
}

export function archiveRuns({ clock, asked, keep, signal }: Recording): ArchiveRuns {
  async function ending<T>(
    work: () => Promise<Result<T, ArchiveFailure>>,
    recordOf: (run: Run, result: Result<T, ArchiveFailure>) => RunRecord,
  ): Promise<Result<T, ArchiveFailure>> {
    const [startedAt, began] = [clock.now(), clock.monotonic()];
    const end = async (result: Result<T, ArchiveFailure>) => {
      if (signal?.aborted) return;
      const run = { ...asked, startedAt, durationMs: clock.monotonic() - began, calls: 0 };
      await keep(recordOf(run, result));
    };
    try {
      const result = await work();
      await end(result);
      return result;
    } catch (error) {
      await end(failed(INTERNAL_ERROR));
      throw error;
    }
  }

  return {
    archive: ({ environmentId, cadences }, work) =>
      ending(work, (run, made) => ({
        ...run,
        kind: "archive",
        calls: made.ok ? made.value.calls : 0,
        status: statusOfMade(made),
        cadences,
        environmentId: made.ok ? made.value.source.environment : environmentId,
        result: mapped(made, (manifest) => madeOf(manifest, manifest.storedBytes)),
      })),

    upload: (bytes, work) =>
      ending(work, (run, taken) => ({
        ...run,
        kind: "upload",
        status: statusOfMade(taken),
        result: mapped(taken, (manifest) => ({
          ...madeOf(manifest, bytes),
          environmentId: manifest.source.environment,
        })),
      })),

    verify: (about, work) =>
      ending(work, (run, looked) => ({
        ...run,
        ...about,
        kind: "verify",
        status: looked.ok && looked.value.problems.length === 0 ? "done" : "failed",
        result: mapped(looked, ({ objects, bytes, problems }) => ({
          objects,
          bytes,
          problems: problems.length,
        })),
      })),

    prune: (work) =>
      ending(work, (run, gone) => ({
        ...run,
        kind: "prune",
        status: gone.ok ? statusOfPrune(gone.value) : "failed",
        result: mapped(gone, ({ deleted, kept, refusal }) => ({ deleted, kept: kept.length, refusal })),
      })),
  };
}

function statusOfMade(made: Result<Manifest, ArchiveFailure>): ArchiveRecord["status"] {
  if (!made.ok) return "failed";
  return made.value.partial ? "partial" : "done";
}

function madeOf({ id, warnings }: Manifest, storedBytes: number): ArchiveMade {
  return { archiveId: id, storedBytes, warnings: [...new Set(warnings.map(({ code }) => code))] };
}

function statusOfPrune({ deleted, refusal, wasRefused = false }: Gone): PruneRecord["status"] {
  if (refusal !== undefined) return "partial";
  // A skipped run may not be kept, and somebody has to learn that all is well again.
  return deleted.length > 0 || wasRefused ? "done" : "skipped";
}

/** A store that is not this project's, or not to be understood, gets nothing. */
const STRANGE = ["STORE_OF_ANOTHER_PROJECT", "STORE_FORMAT_UNKNOWN"];

/** Keeps records in a store at once, for those who call once and end: what cannot be kept is not. */
export function keptIn(store: Store): Recording["keep"] {
  return async (record) => {
    if (!isWorthKeeping(record)) return;
    if ("result" in record && !record.result.ok && STRANGE.includes(record.result.failure.cause)) return;
    // A root that nobody has claimed yet is not ours to write to.
    const root = await store.head(ROOT_KEY);
    if (root.ok && root.value !== undefined) await historyOf(store).finish(record);
  };
}
