import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Schema } from "../../../sources/datocms/schema.ts";
import { referencesOf } from "../../../sources/datocms/values.ts";

/** What is known of records that others link to. */
export interface Publicity {
  readonly schema: Schema;
  /** What a record is to show to the public; undefined: nothing, or it is not restored. */
  bodyOf(id: string): Resource | undefined;
  isPublic(id: string): boolean;
}

/**
 * A record that is to stay a draft and that would be published together with another one, as DatoCMS publishes what a
 * published record links to where the field says so; undefined where there is none. Pure.
 *
 * @param id of the record that is about to be published
 */
export function draftBehind(id: string, { schema, bodyOf, isPublic }: Publicity): string | undefined {
  const found = new Set([id]);
  for (const each of found) {
    const body = bodyOf(each);
    if (body === undefined) return each;
    for (const linked of referencesOf(body, schema).records) if (!isPublic(linked)) found.add(linked);
  }
  return undefined;
}
