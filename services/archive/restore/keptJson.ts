import { failed, failure, mapped, type Result, succeeded } from "../../../utils/failures.ts";
import { formatJson, type Json, parsedJson } from "../../../utils/json.ts";
import type { Store } from "../../stores/store.ts";
import { gunzip, gzip } from "../compression.ts";
import type { RestoreFailure } from "./words.ts";

/** What a run keeps beside its journal, from before its first change. */
export type KeptName = "plan" | "schema";

/** Keeps a document of a run, compressed. */
export async function keepJson(
  store: Store,
  runId: string,
  name: KeptName,
  document: Json,
): Promise<Result<void, RestoreFailure>> {
  const bytes = new TextEncoder().encode(`${formatJson(document)}\n`);
  return mapped(await store.put(keyOf(runId, name), gzip(bytes)), () => undefined);
}

/**
 * @param read what the document says; undefined where it is none
 * @returns undefined where the run has kept none; `JOURNAL_DAMAGED` where it cannot be read
 */
export async function keptJson<T>(
  store: Store,
  runId: string,
  name: KeptName,
  read: (document: Json | undefined) => T | undefined,
): Promise<Result<T | undefined, RestoreFailure>> {
  const stored = await store.get(keyOf(runId, name));
  if (!stored.ok) return stored;
  if (stored.value === undefined) return succeeded(undefined);
  const plain = gunzip(stored.value.bytes);
  const found = plain && read(parsedJson(new TextDecoder().decode(plain)));
  return found === undefined ? failed(damaged(runId)) : succeeded(found);
}

function keyOf(runId: string, name: KeptName): string {
  return `restores/${runId}/${name}.json.gz`;
}

function damaged(runId: string) {
  return failure(
    "JOURNAL_DAMAGED",
    `What the restore ${runId} has noted of its plan cannot be read.`,
    "See what else has access to the store. Nothing more is changed.",
    { restore: runId },
  );
}
