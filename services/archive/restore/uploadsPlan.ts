import { failed, failure, type Result, succeeded } from "../../../utils/failures.ts";
import type { Json } from "../../../utils/json.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import { canonicalHash } from "../canonicalHash.ts";
import type { RecordLine } from "../capture/recordIndex.ts";
import type { PlannedUploads } from "./plan.ts";
import { referencesIn } from "./records/line.ts";
import { type Side, uploadsIn } from "./side.ts";
import type { Snapshot } from "./snapshot.ts";
import { compareUploads, fingerprintOf } from "./uploads/compare.ts";
import { type UploadLine, uploadTargetOf } from "./uploads/line.ts";
import type { Mode, RestoreFailure } from "./words.ts";

export interface PlannedLines {
  readonly planned: PlannedUploads;
  readonly lines: readonly UploadLine[];
  /** What those that are written or deleted are, by id, as `fingerprintOf` tells it; none of those that are not there. */
  readonly seen: ReadonlyMap<string, string>;
  /** Of what those that are written or deleted are, and are to be. */
  readonly hash: string;
}

/** `named`: restored as the mode says; `needed`: only created, where they are missing and the source has them. */
export async function planUploads(
  from: Side,
  into: Side,
  mode: Mode,
  { named, needed }: { readonly named: readonly string[]; readonly needed: readonly string[] },
  schema: Schema,
): Promise<Result<PlannedLines, RestoreFailure>> {
  const ids = [...named, ...needed];
  if (ids.length === 0)
    return succeeded({
      planned: { create: [], change: [], delete: [] },
      lines: [],
      seen: new Map(),
      hash: "",
    });
  const [wanted, seen] = [await from.uploads(ids), await into.uploads(ids)];
  if (!wanted.ok) return wanted;
  if (!seen.ok) return seen;
  const absent = named.find((id) => !wanted.value.has(id));
  if (absent !== undefined) return failed(uploadNotFound(absent, from.name));
  const considered = [...wanted.value.values()].filter(({ id }) => named.includes(id) || !seen.value.has(id));
  // A mirror of one upload is that upload: others stay.
  const compared = compareUploads(
    considered,
    new Map([...seen.value].filter(([id]) => considered.some((line) => line.id === id))),
    mode === "mirror" ? "overwrite" : mode,
    uploadTargetOf(schema.site),
  );
  return succeeded(plannedOf(compared, considered, seen.value));
}

function plannedOf(
  compared: readonly { readonly id: string; readonly do: string }[],
  lines: readonly UploadLine[],
  seen: ReadonlyMap<string, UploadLine>,
): PlannedLines {
  const idsThat = (what: string) => compared.filter((each) => each.do === what).map(({ id }) => id);
  const planned = { create: idsThat("create"), change: idsThat("change"), delete: idsThat("delete") };
  const written = new Set([...planned.create, ...planned.change]);
  const wanted = new Map(lines.map((line) => [line.id, line]));
  const states = [...written, ...planned.delete].toSorted().map((id): Json => {
    const [to, from] = [wanted.get(id), seen.get(id)];
    return [id, to === undefined ? null : fingerprintOf(to), from === undefined ? null : fingerprintOf(from)];
  });
  const fingerprints = [...written, ...planned.delete].flatMap((id): [string, string][] => {
    const line = seen.get(id);
    return line === undefined ? [] : [[id, fingerprintOf(line)]];
  });
  return {
    planned,
    lines: lines.filter(({ id }) => written.has(id)),
    seen: new Map(fingerprints),
    hash: canonicalHash(states),
  };
}

export async function planAllUploads(
  from: Snapshot,
  into: Snapshot,
  mode: Mode,
): Promise<Result<PlannedLines, RestoreFailure>> {
  const [wanted, seen] = [await uploadsIn(from), await uploadsIn(into)];
  if (!wanted.ok) return wanted;
  if (!seen.ok) return seen;
  // What was erased on purpose is not looked at, so that a mirror does not take it for surplus.
  const present = seen.value.filter(({ id }) => !from.hidden.uploads.has(id));
  const observed = new Map(present.map((line) => [line.id, line]));
  const compared = compareUploads(wanted.value, observed, mode, uploadTargetOf(into.schema.site));
  return succeeded(plannedOf(compared, wanted.value, observed));
}

/** Only what the records need and the target does not have. */
export async function planNeededUploads(
  from: Snapshot,
  into: Snapshot,
  recordIds: readonly string[],
): Promise<Result<PlannedLines, RestoreFailure>> {
  const needed = new Set<string>();
  const planned = new Set(recordIds);
  const read = await from.references(({ id, uploads }) => {
    if (planned.has(id)) for (const each of uploads) needed.add(each);
  });
  if (!read.ok) return read;
  const [wanted, seen] = [await uploadsIn(from), await uploadsIn(into)];
  if (!wanted.ok) return wanted;
  if (!seen.ok) return seen;
  const there = new Set(seen.value.map(({ id }) => id));
  const missing = wanted.value.filter(({ id }) => needed.has(id) && !there.has(id));
  const created = missing.map(({ id }) => ({ id, do: "create" }));
  return succeeded(plannedOf(created, missing, new Map()));
}

export function uploadsOf(lines: readonly RecordLine[], schema: Schema): string[] {
  return [...new Set(lines.flatMap((line) => referencesIn(line, schema).uploads))];
}

function uploadNotFound(id: string, where: string) {
  return failure(
    "UPLOAD_NOT_FOUND",
    `${where} holds no upload ${id}.`,
    "Its id stands in the address of its page.",
    {
      id,
    },
  );
}
