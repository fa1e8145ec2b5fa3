import { isJsonObject, type Json, type JsonObject } from "../../../../utils/json.ts";
import type { ApiError } from "../../../sources/datocms/contentWrites.ts";
import { type Resource, relatedId, textOf } from "../../../sources/datocms/resource.ts";
import { type Member, tagsOf } from "./compare.ts";
import type { UploadLine, UploadTarget } from "./line.ts";
import { metadataFor } from "./metadata.ts";

/** What is to be written of an upload. */
export interface Change {
  readonly attributes: JsonObject;
  readonly relationships: JsonObject;
}

/**
 * What is to be written so that an upload has the members of a line.
 *
 * @param path of bytes that were sent to the storage; undefined where the upload keeps its own
 */
export function changeFor(
  { upload }: UploadLine,
  members: readonly Member[],
  target: UploadTarget,
  path: string | undefined,
): Change {
  const attributes: Record<string, Json> = {};
  const relationships: Record<string, Json> = {};
  if (path !== undefined) attributes.path = path;
  for (const member of members) {
    if (member === "bytes") continue;
    if (member === "default_field_metadata")
      attributes[member] = metadataFor(target, upload.attributes[member] ?? null);
    else if (member === "tags") attributes[member] = tagsOf(upload);
    else if (member === "upload_collection") {
      const id = relatedId(upload, member);
      relationships[member] = { data: id === undefined ? null : { type: member, id } };
    } else attributes[member] = textOf(upload, member) || null;
  }
  return { attributes, relationships };
}

/**
 * What only an update can write, and nobody compares: the letters of the name, and the creator.
 *
 * @param now the upload as it is
 * @param isSent whether a creator may be named, by its id
 */
export function finishFor(
  { upload }: UploadLine,
  now: Resource,
  isSent: (creatorId: string) => boolean,
): Change {
  const basename = textOf(upload, "basename");
  const isNamed = basename === undefined || basename === textOf(now, "basename");
  const creator = isJsonObject(upload.relationships) ? upload.relationships.creator : undefined;
  const creatorId = idIn(creator);
  const isMade = creatorId === undefined || creatorId === relatedId(now, "creator") || !isSent(creatorId);
  return {
    attributes: isNamed ? {} : { basename },
    relationships: isMade || creator === undefined ? {} : { creator },
  };
}

/** The id that a relationship names. */
export function idIn(relationship: Json | undefined): string | undefined {
  const data = isJsonObject(relationship) ? relationship.data : undefined;
  const id = isJsonObject(data) ? data.id : undefined;
  return typeof id === "string" ? id : undefined;
}

/** Both changes in one. */
export function together(one: Change, other: Change): Change {
  return {
    attributes: { ...one.attributes, ...other.attributes },
    relationships: { ...one.relationships, ...other.relationships },
  };
}

export function isNothing({ attributes, relationships }: Change): boolean {
  return Object.keys(attributes).length === 0 && Object.keys(relationships).length === 0;
}

/**
 * The members of a change that a refusal is of, so that it goes without them: those that it names, else the creator,
 * who may be gone. None where it is of the upload itself.
 */
export function refusedMembers({ attributes, relationships }: Change, errors: readonly ApiError[]): string[] {
  const named = errors.map(({ field }) => field?.split(".")[0] ?? "");
  const members = named.filter((name) => name !== "path" && (name in attributes || name in relationships));
  return members.length === 0 && "creator" in relationships ? ["creator"] : members;
}

export function without(change: Change, members: readonly string[]): Change {
  const rest = (all: JsonObject) =>
    Object.fromEntries(Object.entries(all).filter(([member]) => !members.includes(member)));
  return { attributes: rest(change.attributes), relationships: rest(change.relationships) };
}

/** The document that writes a change. */
export function documentOf(id: string, { attributes, relationships }: Change): Json {
  return { data: { id, type: "upload", attributes, relationships } };
}
