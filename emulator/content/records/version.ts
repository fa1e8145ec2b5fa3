import { dateOf, type Edit } from "../edit.ts";
import type { Values, Version } from "./item.ts";

/** @returns a body that is written now */
export function newVersion(edit: Edit, values: Values): Version {
  return { id: edit.mint.version(), updatedAt: dateOf(edit), values };
}
