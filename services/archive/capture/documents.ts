import { mapped, orIfWithheld, type Result, succeeded } from "../../../utils/failures.ts";
import { formatJson } from "../../../utils/json.ts";
import { sideBySide } from "../../../utils/sideBySide.ts";
import type { ContentReader } from "../../sources/datocms/contentReader.ts";
import type { Resource } from "../../sources/datocms/resource.ts";
import type { Schema } from "../../sources/datocms/schema.ts";
import type { ArchiveFailure } from "../failures.ts";
import type { ArchivedFile, Warning } from "../manifest.ts";
import type { ObjectWriter } from "./objects.ts";
import { type Redact, redacted } from "./redaction.ts";

/** Lists that DatoCMS sends whole, and where they lie in an archive. */
const LISTS: Readonly<Record<string, string>> = {
  "schema/menu_items.json": "/menu-items",
  "schema/schema_menu_items.json": "/schema-menu-items",
  "schema/plugins.json": "/plugins",
  "schema/workflows.json": "/workflows",
  "schema/item_type_filters.json": "/item-type-filters",
  "schema/upload_filters.json": "/upload-filters",
  "schema/upload_collections.json": "/upload-collections",
  "project/roles.json": "/roles",
  "project/webhooks.json": "/webhooks",
  "project/build_triggers.json": "/build-triggers",
  "project/search_indexes.json": "/search-indexes",
  "project/access_tokens.json": "/access_tokens",
};

const AT_ONCE = 4;

export interface CapturedDocuments {
  readonly files: readonly ArchivedFile[];
  /** One for each list that the token may not read. */
  readonly warnings: readonly Warning[];
}

/** Archives the schema and what belongs to the project: all but records and uploads. */
export async function captureDocuments(
  reader: ContentReader,
  schema: Schema,
  objects: ObjectWriter,
  redact: Redact,
): Promise<Result<CapturedDocuments, ArchiveFailure>> {
  const documents: [string, readonly Resource[]][] = [
    ["schema/site.json", [schema.site]],
    ["schema/item_types.json", schema.itemTypes],
    ["schema/fields.json", schema.fields],
    ["schema/fieldsets.json", schema.fieldsets],
  ];
  const warnings: Warning[] = [];
  const lists = await sideBySide(Object.entries(LISTS), AT_ONCE, async ([path, address]) => {
    const list = orIfWithheld(await reader.list(address), undefined);
    return mapped(list, (resources) => ({ path, address, resources }));
  });
  if (!lists.ok) return lists;
  for (const { path, address, resources } of lists.value) {
    if (resources === undefined) warnings.push(notReadable(address));
    else documents.push([path, resources]);
  }

  const files: ArchivedFile[] = [];
  for (const [path, resources] of documents) {
    const text = formatJson(resources.map((resource) => redacted(resource, redact)));
    const file = await objects.document(path, `${text}\n`);
    if (!file.ok) return file;
    files.push(file.value);
  }
  return succeeded({ files, warnings });
}

function notReadable(address: string): Warning {
  return {
    code: "NOT_READABLE",
    sentence: "DatoCMS does not let this API token read this list, so the archive does not hold it.",
    name: address.slice(1),
  };
}
