import { type Failure, failed, mapped, type Result, succeeded } from "../../../../utils/failures.ts";
import type { Json } from "../../../../utils/json.ts";
import type { ApiError } from "../../../sources/datocms/contentWrites.ts";
import { type Resource, resourceIn } from "../../../sources/datocms/resource.ts";
import type { StoreFailure } from "../../../stores/failures.ts";
import {
  type Change,
  changeFor,
  documentOf,
  finishFor,
  idIn,
  isNothing,
  refusedMembers,
  together,
  without,
} from "./change.ts";
import { MEMBERS, type Member } from "./compare.ts";
import type { Reason, UploadsContext } from "./context.ts";
import type { UploadLine } from "./line.ts";
import { createFilePlacer } from "./place.ts";
import { refusalOf } from "./reasons.ts";

/** What came of one attempt to write an upload. `nothing`: it is as it was, and why is noted. */
export type Attempt = "written" | "unclear" | "nothing";

/** Writes single uploads of one environment. */
export interface UploadWriter {
  /**
   * Writes one upload, or what differs of it. Whether it is equal then shows in the next reading.
   *
   * @param observed undefined where it is not there
   * @param members what differs
   * @param isOurs whether a restore made it: then its creator and the letters of its name are put right, too
   */
  write(
    line: UploadLine,
    observed: UploadLine | undefined,
    members: readonly Member[],
    isOurs: boolean,
  ): Promise<Result<Attempt, Failure | StoreFailure>>;
  /** Whether nothing is left of what only an update can write. */
  isFinished(line: UploadLine, observed: UploadLine): boolean;
  /** Why something of the last attempt was not written. */
  reason(id: string): Reason | undefined;
}

type Sent = { readonly kind: "done"; readonly document: Json } | { readonly kind: "refused" | "unclear" };

export function createUploadWriter(context: UploadsContext): UploadWriter {
  const { writes, target } = context;
  const files = createFilePlacer(context);
  const reasons = new Map<string, Reason>();
  /** Creators that DatoCMS refused, because they are gone: they are not sent again. */
  const gone = new Set<string>();
  const isSent = (creatorId: string) => context.withCreators && !gone.has(creatorId);

  /** Sends a change, and where DatoCMS refuses some of its members the others. */
  async function send(method: "POST" | "PUT", id: string, change: Change): Promise<Result<Sent>> {
    const path = method === "POST" ? "/uploads" : `/uploads/${encodeURIComponent(id)}`;
    const query = method === "PUT" && "path" in change.attributes ? NEW_ADDRESS : undefined;
    for (let left = change; ; ) {
      const written = await writes.send(method, path, documentOf(id, left), query);
      if (written.kind === "stopped") return failed(written.failure);
      // An upload was made of it. Where that turns out to be another file, it is sent anew.
      if (written.kind === "done") files.forget(id);
      if (written.kind !== "refused") return succeeded(written);
      const refused = refusedMembers(left, written.errors);
      note(id, left, refused, written.errors);
      left = without(left, refused);
      if (refused.length === 0 || isNothing(left)) return succeeded({ kind: "refused" });
    }
  }

  function note(id: string, change: Change, refused: readonly string[], errors: readonly ApiError[]): void {
    if (errors.some(({ field }) => field === "path")) files.forget(id);
    const creatorId = refused.includes("creator") ? idIn(change.relationships.creator) : undefined;
    if (creatorId !== undefined) gone.add(creatorId);
    if (creatorId === undefined || refused.length > 1) reasons.set(id, refusalOf(errors));
  }

  async function create(line: UploadLine, path: string): Promise<Result<Attempt>> {
    // The name is that of the path.
    const members = MEMBERS.filter((member) => member !== "basename");
    const sent = await send("POST", line.id, changeFor(line, members, target, path));
    if (!sent.ok) return sent;
    if (sent.value.kind !== "done") return succeeded(attemptOf(sent.value));
    const made = resourceIn(sent.value.document);
    return made === undefined ? succeeded("written") : finish(line, made);
  }

  /** Writes what a create could not. */
  async function finish(line: UploadLine, made: Resource): Promise<Result<Attempt>> {
    const change = finishFor(line, made, isSent);
    if (isNothing(change)) return succeeded("written");
    const sent = await send("PUT", line.id, change);
    return mapped(sent, ({ kind }) => (kind === "unclear" ? kind : "written"));
  }

  return {
    async write(line, observed, members, isOurs) {
      reasons.delete(line.id);
      const placed = members.includes("bytes") ? await files.place(line) : succeeded(undefined);
      if (!placed.ok) return placed;
      const file = placed.value;
      if (file?.kind === "not placed") reasons.set(line.id, file.reason);
      const path = file?.kind === "placed" ? file.path : undefined;
      if (observed === undefined) return path === undefined ? succeeded("nothing") : create(line, path);
      // Bytes come with the name that they were sent under.
      const named: readonly Member[] = path === undefined ? members : [...members, "basename"];
      const asked = changeFor(line, named, target, path);
      const change = isOurs ? together(asked, finishFor(line, observed.upload, isSent)) : asked;
      if (isNothing(change)) return succeeded("nothing");
      return mapped(await send("PUT", line.id, change), attemptOf);
    },
    isFinished: (line, observed) => isNothing(finishFor(line, observed.upload, isSent)),
    reason: (id) => reasons.get(id),
  };
}

/** Behind the former address the former bytes would be served for some minutes. */
const NEW_ADDRESS = { replace_strategy: "create_new_url" };

function attemptOf({ kind }: Sent): Attempt {
  if (kind === "unclear") return kind;
  return kind === "done" ? "written" : "nothing";
}
