import * as z from "zod";
import { idFrom } from "../../emulator/content/ids.ts";
import type { Editor } from "./editor.ts";

type Attributes = Readonly<Record<string, unknown>>;
type Links = Readonly<Record<string, readonly [type: string, id: string] | null>>;

/** What editors make gets ids that are the same each time. */
export function newId(name: string): string {
  return idFrom(`made by damage: ${name}`);
}

/** A resource as a request sends it. */
export function resource(type: string, id: string | undefined, attributes: Attributes, links: Links = {}) {
  const sent = Object.entries(links).map(([name, target]) => [
    name,
    { data: target === null ? null : { type: target[0], id: target[1] } },
  ]);
  const relationships = sent.length === 0 ? {} : { relationships: Object.fromEntries(sent) };
  return { data: { type, ...(id === undefined ? {} : { id }), attributes, ...relationships } };
}

export function createItem(editor: Editor, id: string, modelId: string, attributes: Attributes) {
  return editor.call(
    "POST",
    "/items",
    resource("item", id, attributes, { item_type: ["item_type", modelId] }),
  );
}

/** Writes a draft, or where its model has none, what is published. */
export function editItem(editor: Editor, id: string, attributes: Attributes) {
  return editor.call("PUT", `/items/${id}`, resource("item", id, attributes));
}

export function deleteItem(editor: Editor, id: string) {
  return editor.call("DELETE", `/items/${id}`);
}

export function publish(editor: Editor, id: string) {
  return editor.call("PUT", `/items/${id}/publish`);
}

export function unpublish(editor: Editor, id: string) {
  return editor.call("PUT", `/items/${id}/unpublish`);
}

export function duplicate(editor: Editor, id: string) {
  return editor.call("POST", `/items/${id}/duplicate`);
}

/** @param what the last part of the path: `publish`, `unpublish`, `destroy` */
export function bulk(editor: Editor, what: "publish" | "unpublish" | "destroy", ids: readonly string[]) {
  const items = { data: ids.map((id) => ({ type: "item", id })) };
  return editor.call("POST", `/items/bulk/${what}`, {
    data: { type: `item_bulk_${what}_operation`, relationships: { items } },
  });
}

export function moveToStage(editor: Editor, ids: readonly string[], stage: string) {
  const items = { data: ids.map((id) => ({ type: "item", id })) };
  return editor.call("POST", "/items/bulk/move-to-stage", {
    data: { type: "item_bulk_move_to_stage_operation", attributes: { stage }, relationships: { items } },
  });
}

/** A block as an object; without a model it changes the one that has the id. */
export function block(id: string, modelId: string | undefined, attributes: Attributes) {
  return resource("item", id, attributes, modelId === undefined ? {} : { item_type: ["item_type", modelId] })
    .data;
}

export function editField(editor: Editor, id: string, attributes: Attributes) {
  return editor.call("PUT", `/fields/${id}`, resource("field", id, attributes));
}

export function deleteField(editor: Editor, id: string) {
  return editor.call("DELETE", `/fields/${id}`);
}

export function editFieldset(editor: Editor, id: string, attributes: Attributes) {
  return editor.call("PUT", `/fieldsets/${id}`, resource("fieldset", id, attributes));
}

export function createModel(editor: Editor, id: string, attributes: Attributes) {
  return editor.call("POST", "/item-types", resource("item_type", id, attributes));
}

export function editModel(editor: Editor, id: string, attributes: Attributes, links: Links = {}) {
  return editor.call("PUT", `/item-types/${id}`, resource("item_type", id, attributes, links));
}

export function deleteModel(editor: Editor, id: string) {
  return editor.call("DELETE", `/item-types/${id}`);
}

export function createField(editor: Editor, id: string, modelId: string, attributes: Attributes) {
  return editor.call("POST", `/item-types/${modelId}/fields`, resource("field", id, attributes));
}

export function editSite(editor: Editor, attributes: Attributes) {
  return editor.call("PUT", "/site", resource("site", undefined, attributes));
}

/** Changes nothing but who made a record. */
export function editItemAs(editor: Editor, id: string, creator: { type: string; id: string }) {
  return editor.call(
    "PUT",
    `/items/${id}`,
    resource("item", id, {}, { creator: [creator.type, creator.id] }),
  );
}

export function deleteUpload(editor: Editor, id: string) {
  return editor.call("DELETE", `/uploads/${id}`);
}

/** @param collection undefined: where it is */
export function editUpload(editor: Editor, id: string, attributes: Attributes, collection?: string) {
  const links: Links =
    collection === undefined ? {} : { upload_collection: ["upload_collection", collection] };
  return editor.call("PUT", `/uploads/${id}`, resource("upload", id.split("?")[0], attributes, links));
}

const uploadRequest = z.object({
  data: z.object({
    id: z.string(),
    attributes: z.object({ url: z.string(), request_headers: z.record(z.string(), z.string()) }),
  }),
});

/** @returns the path under which the bytes can be made an upload */
export async function putBytes(editor: Editor, filename: string, bytes: string): Promise<string> {
  const asked = await editor.call("POST", "/upload-requests", {
    data: { type: "upload_request", attributes: { filename } },
  });
  const { id, attributes } = uploadRequest.parse(asked).data;
  const { url, request_headers: headers } = attributes;
  const answer = await editor.emulator.fetch(url, { method: "PUT", headers, body: bytes });
  if (!answer.ok) throw new Error(`PUT ${url}: ${answer.status}`);
  return id;
}
