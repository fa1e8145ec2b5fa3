import { Refusal } from "../../errors.ts";
import { type Edit, found, newIdFor, takenIn } from "../edit.ts";
import type { Ref } from "../entity.ts";
import { uploadUsersOf } from "../records/indexes.ts";
import { rewriteItem } from "../schema/rewrite.ts";
import { metadataOf, noteOf, tagsOf } from "./metadata.ts";
import { storedBasename, storedName } from "./names.ts";
import type { UploadStorage } from "./storage.ts";
import { withoutUpload } from "./strip.ts";
import type { FieldMetadata, Upload } from "./upload.ts";

/** What a client says of an upload; what it leaves out stays or is empty. */
export type UploadChange = {
  readonly path?: string | undefined;
  readonly basename?: string | undefined;
  readonly author?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly copyright?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: FieldMetadata | undefined;
  readonly creator?: Ref | undefined;
  readonly collectionId?: string | null | undefined;
};

/** Makes an upload of bytes that were put to a place; its dates are of now (facts 5.2, row 9). */
export function createUpload(
  edit: Edit,
  storage: UploadStorage,
  id: string | undefined,
  change: UploadChange,
): Upload {
  const { content } = edit;
  const { path = "" } = change;
  const file = storage.taken(path);
  const name = nameIn(path);
  assertCollection(edit, change.collectionId);
  const at = new Date(edit.now).toISOString();
  const upload: Upload = {
    id: newIdFor(edit, id, takenIn(edit, content.uploads)),
    path,
    ...name,
    file,
    createdAt: at,
    updatedAt: at,
    author: noteOf(change.author),
    notes: noteOf(change.notes),
    copyright: noteOf(change.copyright),
    tags: tagsOf(change.tags ?? []),
    metadata: metadataOf(content, change.metadata ?? {}),
    creator: edit.actor,
    collectionId: change.collectionId ?? null,
    muxPlaybackId: file.mimeType.startsWith("video/") ? `mux-${file.md5.slice(0, 12)}` : null,
    antivirus: "clean",
  };
  content.uploads.set(upload);
  return upload;
}

/** @param keepUrl other bytes come behind the same address; else they have one of their own (facts 5.7) */
export function updateUpload(
  edit: Edit,
  storage: UploadStorage,
  id: string,
  change: UploadChange,
  { keepUrl }: { keepUrl: boolean },
): Upload {
  const { content } = edit;
  const before = found(content.uploads.get(id));
  assertCollection(edit, change.collectionId);
  const replaced =
    change.path === undefined ? before : replacedBy(edit, storage, before, change.path, keepUrl);
  const upload: Upload = {
    ...replaced,
    basename: change.basename === undefined ? replaced.basename : basenameOf(edit, change.basename),
    updatedAt: new Date(edit.now).toISOString(),
    author: change.author === undefined ? before.author : noteOf(change.author),
    notes: change.notes === undefined ? before.notes : noteOf(change.notes),
    copyright: change.copyright === undefined ? before.copyright : noteOf(change.copyright),
    tags: change.tags === undefined ? before.tags : tagsOf(change.tags),
    metadata:
      change.metadata === undefined ? before.metadata : metadataOf(content, change.metadata, before.metadata),
    creator: change.creator ?? before.creator,
    collectionId: change.collectionId === undefined ? before.collectionId : change.collectionId,
  };
  content.uploads.set(upload);
  return upload;
}

/** Deletes an upload, unless a record has it and the unknowns protect it (switch `uploadInUse`). */
export function destroyUpload(edit: Edit, id: string): Upload {
  const { content, unknowns } = edit;
  const upload = found(content.uploads.get(id));
  const users = uploadUsersOf(content, id);
  if (users.length > 0 && unknowns.uploadInUse === "refuse") throw new Refusal("UPLOAD_IS_CURRENTLY_IN_USE");
  for (const userId of users) {
    const item = content.items.get(userId);
    if (item !== undefined)
      rewriteItem(edit, item, (values) => withoutUpload(content, item.modelId, values, id));
  }
  for (const trackId of [...content.tracks.ids(id)]) content.tracks.delete(trackId);
  content.uploads.delete(id);
  return upload;
}

function replacedBy(
  { now }: Edit,
  storage: UploadStorage,
  before: Upload,
  path: string,
  keepUrl: boolean,
): Upload {
  const file = storage.taken(path);
  const name = nameIn(path);
  if (!keepUrl) return { ...before, ...name, path, file };
  if (name.format !== before.format)
    throw new Refusal("INVALID_FIELD", { field: "path", code: "VALIDATION_FORMAT" });
  storage.replaced(before.path, before.file, now);
  return { ...before, file };
}

/** The name is behind the second in a path. */
function nameIn(path: string): { basename: string; format: string | null } {
  return storedName(path.replace(/^.*?\/\d+-/, ""));
}

function basenameOf({ unknowns }: Edit, basename: string): string {
  return unknowns.basenameLetters === "kept" ? basename : storedBasename(basename);
}

function assertCollection({ content }: Edit, id: string | null | undefined): void {
  if (!id || content.entities.upload_collection.has(id)) return;
  throw new Refusal("INVALID_FIELD", { field: "upload_collection", code: "VALIDATION_INVALID" });
}
