import { failed, failure, isWithheld, mapped, type Result, succeeded } from "../utils/failures.ts";
import { formatJson } from "../utils/json.ts";
import { type FiredEvents, type FiredIn, firedEvents } from "./archive/restore/events.ts";
import type { PlannedRestore } from "./archive/restore/planRestore.ts";
import { documentOf } from "./archive/restore/records/line.ts";
import type { EnvironmentSide } from "./archive/restore/side.ts";
import type { RestoreFailure } from "./archive/restore/words.ts";
import type { RestoreRequest } from "./restoreRequest.ts";
import type { Store } from "./stores/store.ts";

/** What has to be known before the first write. */

/** So many events reach people and their sites unasked. */
const MOST_EVENTS = 100;
/** Lines that tell how long the others are. */
const SAMPLE = 100;
/** Of things of which only the number is known. */
const BYTES_OF_ONE = 4 * 1_024;
const LEAST_BYTES = 64 * 1_024;
/** Whoever has room for so much is taken to have room for the rest. */
const MOST_BYTES = 32 * 1_024 * 1_024;
/** Journals are packed: a third at most is what real projects come to. */
const PACKED = 3;

/**
 * Counts the events that a plan makes webhooks hear of.
 *
 * @returns undefined where the token may not see the webhooks
 */
export async function eventsOf(
  { plan }: Pick<PlannedRestore, "plan">,
  { reader }: Pick<EnvironmentSide, "reader">,
  into: FiredIn,
): Promise<Result<FiredEvents | undefined, RestoreFailure>> {
  const webhooks = await reader.list("/webhooks");
  if (!webhooks.ok) return isWithheld(webhooks.failure) ? succeeded(undefined) : webhooks;
  return succeeded(firedEvents(plan, webhooks.value, into));
}

/** Refuses what sends many events from the primary, unless somebody has said that it may. */
export async function eventsAllowed(
  planned: PlannedRestore,
  side: EnvironmentSide,
  into: FiredIn,
  { withHooks = false }: Pick<RestoreRequest, "withHooks">,
): Promise<Result<void, RestoreFailure>> {
  if (!into.isPrimary || withHooks) return succeeded(undefined);
  const events = await eventsOf(planned, side, into);
  if (!events.ok) return events;
  const { total, webhooks } = events.value ?? { total: 0, webhooks: [] };
  return total > MOST_EVENTS ? failed(manyEvents(total, webhooks)) : succeeded(undefined);
}

/**
 * Proves that what is going to change can be noted first: writes as much as the journal will about have, and deletes it.
 *
 * @returns why the store does not take it
 */
export async function proveRoom(
  store: Store,
  runId: string,
  planned: PlannedRestore,
): Promise<Result<void, RestoreFailure>> {
  const bytes = await journalBytes(planned);
  if (!bytes.ok) return bytes;
  const key = `restores/${runId}/room`;
  const put = await store.put(key, new Uint8Array(bytes.value).fill(1));
  const gone = await store.delete([key]);
  return mapped(put.ok ? gone : put, () => undefined);
}

async function journalBytes({ plan, seen }: PlannedRestore): Promise<Result<number, RestoreFailure>> {
  const ids = plan.records.filter((each) => each.do !== "create").map(({ id }) => id);
  const lines = await seen(ids.slice(0, SAMPLE));
  if (!lines.ok) return lines;
  const sizes = [...lines.value.values()].map((line) => formatJson(documentOf(line)).length);
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
  const { schema, uploads } = plan;
  const others = [schema.change, schema.delete, uploads.change, uploads.delete].flat().length;
  const all = ids.length * Math.max(mean, BYTES_OF_ONE) + others * BYTES_OF_ONE;
  return succeeded(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.ceil(all / PACKED))));
}

function manyEvents(total: number, webhooks: FiredEvents["webhooks"]) {
  const names = webhooks.map(({ name, events }) => `${name} ${events}`).join(", ");
  return failure(
    "MANY_EVENTS",
    `This restore makes DatoCMS send up to ${total} events to webhooks (${names}). Nothing was changed.`,
    "Switch those webhooks off meanwhile, or say --hooks.",
    { total, webhooks },
  );
}
