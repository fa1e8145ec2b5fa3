import type { Result } from "../../../utils/failures.ts";
import { isArray, isJsonObject, type Json } from "../../../utils/json.ts";
import { isResource, type Resource } from "../../sources/datocms/resource.ts";
import type { Store } from "../../stores/store.ts";
import { keepJson, keptJson } from "./keptJson.ts";
import type { Documents, RestoreFailure } from "./words.ts";

/**
 * Keeps what a run's source says of schema and project: whoever takes the run back has to know what it had wanted, and
 * the source may be deleted by then. Must be called before the run changes anything.
 */
export function keepWantedSchema(
  store: Store,
  runId: string,
  documents: Documents,
): Promise<Result<void, RestoreFailure>> {
  return keepJson(store, runId, "schema", { format: 1, documents: Object.fromEntries(documents) });
}

/** What a run had wanted of schema and project; undefined where the run has kept nothing. */
export function wantedSchemaIn(
  store: Store,
  runId: string,
): Promise<Result<Documents | undefined, RestoreFailure>> {
  return keptJson(store, runId, "schema", documentsIn);
}

function documentsIn(kept: Json | undefined): Documents | undefined {
  if (!isJsonObject(kept) || kept.format !== 1 || !isJsonObject(kept.documents)) return undefined;
  const documents = new Map<string, readonly Resource[]>();
  for (const [path, list] of Object.entries(kept.documents)) {
    if (!isArray(list) || !list.every(isResource)) return undefined;
    documents.set(path, list);
  }
  return documents;
}
