import { isArray, isJsonObject, isSameJson, type Json } from "../../../../utils/json.ts";
import { type Resource, relatedId, textOf } from "../../../sources/datocms/resource.ts";
import { canonicalHash } from "../../canonicalHash.ts";
import type { Mode } from "../words.ts";
import type { UploadLine, UploadTarget } from "./line.ts";
import { metadataFor } from "./metadata.ts";

/**
 * What two states of an upload are compared by. Its creator is not: whoever writes it becomes that. Nor is what
 * DatoCMS works out by itself: addresses, colours, hashes, dates.
 */
export const MEMBERS = [
  "bytes",
  "basename",
  "default_field_metadata",
  "tags",
  "author",
  "copyright",
  "notes",
  "upload_collection",
] as const;
export type Member = (typeof MEMBERS)[number];

/** What is to become of an upload. */
export interface UploadChange {
  readonly id: string;
  readonly do: "create" | "change" | "delete" | "unchanged";
  /** What differs: of an unchanged one in mode `add`, what is left as it is. */
  readonly members: readonly Member[];
}

/**
 * Compares uploads that are wanted with those that are there.
 *
 * @param observed by id; for `mirror` all that there are
 * @param target the environment that `observed` is of
 */
export function compareUploads(
  desired: Iterable<UploadLine>,
  observed: ReadonlyMap<string, UploadLine>,
  mode: Mode,
  target: UploadTarget,
): UploadChange[] {
  const changes: UploadChange[] = [];
  const wanted = new Set<string>();
  for (const line of desired) {
    wanted.add(line.id);
    changes.push(changeOf(line, observed.get(line.id), mode, target));
  }
  if (mode !== "mirror") return changes;
  const surplus = [...observed.keys()].filter((id) => !wanted.has(id));
  return [...changes, ...surplus.map((id): UploadChange => ({ id, do: "delete", members: [] }))];
}

/** What is to become of one upload that is wanted. */
export function changeOf(
  desired: UploadLine,
  observed: UploadLine | undefined,
  mode: Mode,
  target: UploadTarget,
): UploadChange {
  const { id } = desired;
  if (observed === undefined) return { id, do: "create", members: MEMBERS };
  const members = differencesOf(desired, observed, target);
  return { id, do: members.length === 0 || mode === "add" ? "unchanged" : "change", members };
}

/** The members by which two states of an upload differ, for a target. */
export function differencesOf(one: UploadLine, other: UploadLine, target: UploadTarget): Member[] {
  return MEMBERS.filter((member) => {
    // Of a file of which nothing is known nobody can say that it is another one.
    if (member === "bytes" && (one.file.md5 === null || other.file.md5 === null)) return false;
    return !isSameJson(memberOf(one, member, target), memberOf(other, member, target));
  });
}

/** A member in the one form that equal states share. */
function memberOf({ upload, file }: UploadLine, member: Member, target: UploadTarget): Json {
  switch (member) {
    case "bytes":
      return [file.md5, file.size];
    case "basename":
      return normalisedName(textOf(upload, "basename") ?? "");
    case "default_field_metadata":
      return metadataFor(target, upload.attributes.default_field_metadata ?? null);
    case "tags":
      return tagsOf(upload);
    case "upload_collection":
      return relatedId(upload, "upload_collection") ?? null;
    default:
      return textOf(upload, member) || null;
  }
}

/**
 * Tells two states of an upload apart, whatever the locales of its project: the SHA-256 of what it is compared by.
 */
export function fingerprintOf(line: UploadLine): string {
  const { default_field_metadata: metadata = null } = line.upload.attributes;
  const members = MEMBERS.filter((member) => member !== "default_field_metadata");
  const target: UploadTarget = { locales: [], isByMember: true };
  return canonicalHash([withoutEmpty(metadata), ...members.map((member) => memberOf(line, member, target))]);
}

/** Without what stands for nothing: a locale that is added adds that to every upload. */
function withoutEmpty(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [name, withoutEmpty(member)]);
  const isEmpty = (member: Json) =>
    member === null || (isJsonObject(member) && Object.keys(member).length === 0);
  return Object.fromEntries(members.filter(([, member]) => !isEmpty(member)));
}

/** Each once, in one order: their order means nothing. */
export function tagsOf({ attributes: { tags } }: Resource): string[] {
  const texts = isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  return [...new Set(texts)].sort();
}

/**
 * A base name as DatoCMS stores that of a new file: without accents, in lower case, with dashes for all but letters,
 * digits and underscores.
 */
function normalisedName(name: string): string {
  const letters = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return letters.replace(/[^a-z0-9_]+/g, "-").replace(/^-|-$/g, "");
}
