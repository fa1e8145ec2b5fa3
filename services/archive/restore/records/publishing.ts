import { failed, type Result, succeeded } from "../../../../utils/failures.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import type { ContentWrites } from "../../../sources/datocms/contentWrites.ts";
import type { RecordLine } from "../../capture/recordIndex.ts";
import { versionsOf } from "../left.ts";
import type { RestoreFailure } from "../words.ts";
import type { Attempts } from "./attempts.ts";
import { publishedBody, versionOf } from "./line.ts";
import { inBulk, setPublished } from "./requests.ts";

/**
 * Publishing has no lock: DatoCMS publishes whatever the record is by then. So a few are looked at, and what somebody
 * has saved since is left alone, before these few are published.
 */
const AT_ONCE = 50;

/** What records are published with. */
interface Publishing {
  readonly reader: Pick<ContentReader, "recordsById">;
  readonly writes: ContentWrites;
  readonly attempts: Attempts;
  /** The version that each record must still have. */
  readonly versions: ReadonlyMap<string, string | undefined>;
}

/** Publishes records that are as they were seen last; the others are noted as moved. */
export async function publishUnchanged(
  publishing: Publishing,
  ids: readonly string[],
): Promise<Result<undefined, RestoreFailure>> {
  const { reader, attempts, versions } = publishing;
  const open = ids.filter((id) => attempts.mayTry(id, { kind: "publish" }));
  for (let at = 0; at < open.length && !attempts.isSilent(); at += AT_ONCE) {
    const some = open.slice(at, at + AT_ONCE);
    const now = await versionsOf(reader, some);
    if (!now.ok) return now;
    const isSame = (id: string) => now.value.get(id) === (versions.get(id) ?? null);
    for (const id of some.filter((each) => !isSame(each))) attempts.noteMoved(id);
    const published = await publishNow(publishing, some.filter(isSame));
    if (!published.ok) return published;
  }
  return succeeded(undefined);
}

/** Those that were left out of a bulk before are published one by one: then DatoCMS tells why. */
async function publishNow(
  { writes, attempts }: Publishing,
  ids: readonly string[],
): Promise<Result<undefined, RestoreFailure>> {
  const fresh = ids.filter((id) => !attempts.wasInBulk(id));
  const together = fresh.length > 1 ? fresh : [];
  if (together.length > 0) {
    const written = await inBulk(writes, "publish", together);
    if (written.kind === "stopped") return failed(written.failure);
    for (const id of together) attempts.noteBulk(id, written);
  }
  for (const id of ids.filter((each) => !together.includes(each))) {
    if (attempts.isSilent()) break;
    const written = await setPublished(writes, id, true);
    if (written.kind === "stopped") return failed(written.failure);
    attempts.note(id, { kind: "publish" }, written);
  }
  return succeeded(undefined);
}

/**
 * Takes back what went out though somebody had saved it in the very moment between the look and the publication: what
 * was not public before is that no longer. What was public before stays as it is, and is told.
 *
 * @param before what the records were when they were about to be published
 * @param now what they are
 * @returns ids of those that were withdrawn: they are to be read again
 */
export async function withdrawOthers(
  { writes, attempts, versions }: Publishing,
  before: ReadonlyMap<string, RecordLine | undefined>,
  now: ReadonlyMap<string, RecordLine>,
): Promise<Result<readonly string[], RestoreFailure>> {
  const withdrawn: string[] = [];
  for (const [id, was] of before) {
    const line = now.get(id);
    if (line === undefined || versionOf(line) === versions.get(id)) continue;
    attempts.noteMoved(id);
    const wasPublic = was !== undefined && publishedBody(was) !== undefined;
    if (wasPublic || !line.publishedIsCurrent) continue;
    const written = await setPublished(writes, id, false);
    if (written.kind === "stopped") return failed(written.failure);
    withdrawn.push(id);
  }
  return succeeded(withdrawn);
}
