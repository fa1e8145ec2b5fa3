import { mapped, orIfWithheld, type Result, succeeded } from "../../../../utils/failures.ts";
import { sideBySide } from "../../../../utils/sideBySide.ts";
import type { ContentReader } from "../../../sources/datocms/contentReader.ts";
import type { Resource } from "../../../sources/datocms/resource.ts";
import type { Documents } from "../words.ts";
import { KIND_FACTS, KINDS } from "./kinds.ts";

const PROJECT: readonly [string, string][] = [
  ["project/roles.json", "/roles"],
  ["project/webhooks.json", "/webhooks"],
  ["project/build_triggers.json", "/build-triggers"],
  ["project/search_indexes.json", "/search-indexes"],
  ["project/access_tokens.json", "/access_tokens"],
];
const OF_SCHEMA = ["site", "model", "field", "fieldset"];
const AT_ONCE = 4;

/**
 * Reads an environment's schema in the form in which archives hold it, secrets included. Lists that the API token may
 * not read are missing.
 *
 * @param withProject whether the lists of the project are read too: five calls more
 */
export async function readDocuments(reader: ContentReader, withProject = false): Promise<Result<Documents>> {
  const schema = await reader.schema();
  if (!schema.ok) return schema;
  const { site, itemTypes, fields, fieldsets } = schema.value;
  const lists = KINDS.filter((kind) => !OF_SCHEMA.includes(kind)).map((kind): [string, string] => [
    KIND_FACTS[kind].document,
    KIND_FACTS[kind].path,
  ]);
  const read = await sideBySide(
    withProject ? [...lists, ...PROJECT] : lists,
    AT_ONCE,
    async ([document, path]) =>
      mapped(orIfWithheld(await reader.list(path), undefined), (resources) => ({ document, resources })),
  );
  if (!read.ok) return read;
  const documents = new Map<string, readonly Resource[]>([
    [KIND_FACTS.site.document, [site]],
    [KIND_FACTS.model.document, itemTypes],
    [KIND_FACTS.field.document, fields],
    [KIND_FACTS.fieldset.document, fieldsets],
  ]);
  for (const { document, resources } of read.value)
    if (resources !== undefined) documents.set(document, resources);
  return succeeded(documents);
}
