import * as z from "zod";
import type { Reply } from "../../call.ts";
import { type ContentCall, editOf, found } from "../edit.ts";
import { readBody as readRequest } from "../readBody.ts";
import { readBody } from "./body.ts";
import { refuseFor } from "./input.ts";
import { clashesOf, problemsOf } from "./problems.ts";
import { blocksOf } from "./write.ts";

const attributes = z.record(z.string(), z.unknown()).default({});
const newRequest = z.object({
  data: z.object({
    attributes,
    relationships: z.object({ item_type: z.object({ data: z.object({ id: z.string() }) }) }),
  }),
});
const changeRequest = z.object({ data: z.object({ attributes }) });

const NOTHING_WRONG: Reply = { status: 204, document: null };

/** `POST /items/validate`: what a create would be refused for, drafts held to all validators (facts 5.4). */
export function validateNew(call: ContentCall): Reply {
  const { data } = readRequest(newRequest, call.body);
  const edit = editOf(call);
  const model = found(call.content.models.get(data.relationships.item_type.data.id));
  const base = { itemId: null, values: null, blocks: new Map() };
  const values = readBody(edit, model, data.attributes, base);
  const { content } = call;
  refuseFor([...problemsOf(content, model.id, values), ...clashesOf(content, model, "", values)], edit);
  return NOTHING_WRONG;
}

/** `POST /items/:id/validate`: the same of an update. */
export function validateExisting(call: ContentCall): Reply {
  const { content } = call;
  const { data } = readRequest(changeRequest, call.body);
  const edit = editOf(call);
  const item = found(content.items.get(call.id));
  const model = found(content.models.get(item.modelId));
  const base = { itemId: item.id, values: item.current.values, blocks: blocksOf(edit, item) };
  const values = readBody(edit, model, data.attributes, base);
  refuseFor([...problemsOf(content, model.id, values), ...clashesOf(content, model, item.id, values)], edit);
  return NOTHING_WRONG;
}
