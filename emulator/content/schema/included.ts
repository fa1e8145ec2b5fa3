import type { Content } from "../content.ts";
import { fieldResource, fieldsetResource } from "./field.ts";
import { modelResource } from "./model.ts";

/**
 * @param include paths of `GET /site` (facts 1.1); those that name nothing of ours add nothing
 * @returns the resources behind them
 */
export function includedInSite(content: Content, include: readonly string[]): object[] {
  const included: object[] = [];
  const wants = (path: string) => include.includes(path);
  if (include.some((path) => path.startsWith("item_types"))) {
    included.push(...[...content.models.rows()].map((model) => modelResource(content, model)));
  }
  for (const id of content.models.ids("")) {
    if (wants("item_types.fields"))
      included.push(...content.fieldsOf(id).map((field) => fieldResource(content, field)));
    if (wants("item_types.fieldsets")) included.push(...content.fieldsets.rowsOf(id).map(fieldsetResource));
  }
  return included;
}
