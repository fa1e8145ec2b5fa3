import * as z from "zod";
import { ok, type Reply } from "../../call.ts";
import {
  assertModelIdle,
  type ContentCall,
  editOf,
  found,
  inJob,
  modelJob,
  newIdFor,
  takenIn,
} from "../edit.ts";
import { closeGap, lastPlace, makeRoom } from "../positions.ts";
import { assertRoom } from "../quotas.ts";
import { readBody } from "../readBody.ts";
import { type Field, type Fieldset, fieldAttributesPart, fieldResource, fieldsetResource } from "./field.ts";
import { createField, destroyField, type FieldChange, place, siblingsOf, updateField } from "./fields.ts";
import { modelAttributesPart, modelResource } from "./model.ts";
import { createModel, destroyModel, type ModelChange, updateModel } from "./models.ts";

const linked = z.object({ data: z.object({ id: z.string() }).nullable() }).optional();

const modelRequest = z.object({
  data: z.object({
    id: z.string().optional(),
    attributes: modelAttributesPart.default({}),
    relationships: z
      .object({
        ordering_field: linked,
        title_field: linked,
        image_preview_field: linked,
        excerpt_field: linked,
        presentation_title_field: linked,
        presentation_image_field: linked,
        workflow: linked,
      })
      .default({}),
  }),
});

/** `GET /item-types` */
export function listModels({ content }: ContentCall): Reply {
  return ok({ data: [...content.models.rows()].map((model) => modelResource(content, model)) });
}

/** `GET /item-types/:id`, by api key too */
export function findModel({ content, id }: ContentCall): Reply {
  const byKey = () => [...content.models.rows()].find(({ attributes }) => attributes.api_key === id);
  return ok({ data: modelResource(content, found(content.models.get(id) ?? byKey())) });
}

/** `POST /item-types`: 201, no job (facts 5.1). */
export function postModel(call: ContentCall): Reply {
  const { content, query } = call;
  const { data } = readBody(modelRequest, call.body);
  assertRoom(call, "item_types");
  const model = createModel(editOf(call), data.id, modelChange(data), {
    skipMenuItem: query.get("skip_menu_item_creation") === "true",
    menuItemId: query.get("menu_item_id") ?? undefined,
    schemaMenuItemId: query.get("schema_menu_item_id") ?? undefined,
  });
  return { status: 201, document: { data: modelResource(content, model) } };
}

/** `PUT /item-types/:id`: a job. */
export function putModel(call: ContentCall): Reply {
  const { data } = readBody(modelRequest, call.body);
  assertModelIdle(call, call.id);
  const model = updateModel(editOf(call), call.id, modelChange(data));
  const about = modelJob(call.environment, call.id);
  return inJob(call, { data: modelResource(call.content, model) }, 200, about);
}

/** `DELETE /item-types/:id`: a job. */
export function deleteModel(call: ContentCall): Reply {
  const data = modelResource(call.content, found(call.content.models.get(call.id)));
  assertModelIdle(call, call.id);
  destroyModel(editOf(call), call.id);
  return inJob(call, { data });
}

function modelChange({ attributes, relationships }: z.infer<typeof modelRequest>["data"]): ModelChange {
  const links = Object.entries(relationships).map(([name, to]) => [name, to && (to.data?.id ?? null)]);
  return { attributes, links: Object.fromEntries(links) };
}

const fieldRequest = z.object({
  data: z.object({
    id: z.string().optional(),
    attributes: fieldAttributesPart.default({}),
    relationships: z.object({ fieldset: linked }).default({}),
  }),
});

/** `GET /item-types/:id/fields` */
export function listFields({ content, id }: ContentCall): Reply {
  found(content.models.get(id));
  return ok({ data: content.fieldsOf(id).map((field) => fieldResource(content, field)) });
}

/** `GET /fields/:id` */
export function findField({ content, id }: ContentCall): Reply {
  return ok({ data: fieldResource(content, found(content.fields.get(id))) });
}

/** `POST /item-types/:id/fields`: a job, with the model in `included`. */
export function postField(call: ContentCall): Reply {
  const { data } = readBody(fieldRequest, call.body);
  assertModelIdle(call, call.id);
  const field = createField(editOf(call), call.id, data.id, fieldChange(data));
  return fieldJob(call, field, 201);
}

/** `PUT /fields/:id`: a job. */
export function putField(call: ContentCall): Reply {
  assertModelIdle(call, found(call.content.fields.get(call.id)).modelId);
  const field = updateField(editOf(call), call.id, fieldChange(readBody(fieldRequest, call.body).data));
  return fieldJob(call, field);
}

/** `DELETE /fields/:id`: a job. */
export function deleteField(call: ContentCall): Reply {
  assertModelIdle(call, found(call.content.fields.get(call.id)).modelId);
  const field = destroyField(editOf(call), call.id);
  return fieldJob(call, field);
}

function fieldChange({ attributes, relationships }: z.infer<typeof fieldRequest>["data"]): FieldChange {
  const { fieldset } = relationships;
  return { attributes, fieldsetId: fieldset && (fieldset.data?.id ?? null) };
}

function fieldJob(call: ContentCall, field: Field, status = 200): Reply {
  const model = found(call.content.models.get(field.modelId));
  return inJob(
    call,
    { data: fieldResource(call.content, field), included: [modelResource(call.content, model)] },
    status,
    modelJob(call.environment, model.id),
  );
}

const fieldsetRequest = z.object({
  data: z.object({
    id: z.string().optional(),
    attributes: z
      .object({
        title: z.string().min(1),
        hint: z.string().nullable(),
        position: z.int(),
        collapsible: z.boolean(),
        start_collapsed: z.boolean(),
      })
      .partial()
      .default({}),
  }),
});

/** `GET /item-types/:id/fieldsets` */
export function listFieldsets({ content, id }: ContentCall): Reply {
  found(content.models.get(id));
  return ok({ data: content.fieldsets.rowsOf(id).map(fieldsetResource) });
}

/** `GET /fieldsets/:id` */
export function findFieldset({ content, id }: ContentCall): Reply {
  return ok({ data: fieldsetResource(found(content.fieldsets.get(id))) });
}

/** `POST /item-types/:id/fieldsets` */
export function postFieldset(call: ContentCall): Reply {
  const { content, id: modelId } = call;
  const edit = editOf(call);
  found(content.models.get(modelId));
  const { id: wanted, attributes } = readBody(fieldsetRequest, call.body).data;
  const id = newIdFor(edit, wanted, takenIn(edit, content.fieldsets));
  const siblings = siblingsOf(edit, modelId, null);
  const position = attributes.position ?? lastPlace(siblings);
  place(edit, makeRoom(siblings, position));
  const { title = "Fieldset", hint = null, collapsible = false, start_collapsed = false } = attributes;
  const fieldset: Fieldset = {
    id,
    modelId,
    attributes: { title, hint, position, collapsible, start_collapsed },
  };
  content.fieldsets.set(fieldset);
  return { status: 201, document: { data: fieldsetResource(fieldset) } };
}

/** `PUT /fieldsets/:id` */
export function putFieldset(call: ContentCall): Reply {
  const { content } = call;
  const edit = editOf(call);
  const before = found(content.fieldsets.get(call.id));
  const { attributes: sent } = readBody(fieldsetRequest, call.body).data;
  const others = () => siblingsOf(edit, before.modelId, null).filter(({ id }) => id !== before.id);
  if (sent.position !== undefined && sent.position !== before.attributes.position) {
    place(edit, closeGap(others(), before.attributes.position));
    place(edit, makeRoom(others(), sent.position));
  }
  const {
    title = before.attributes.title,
    hint = before.attributes.hint,
    position = before.attributes.position,
    collapsible = before.attributes.collapsible,
    start_collapsed = before.attributes.start_collapsed,
  } = sent;
  const fieldset: Fieldset = {
    ...before,
    attributes: { title, hint, position, collapsible, start_collapsed },
  };
  content.fieldsets.set(fieldset);
  return ok({ data: fieldsetResource(fieldset) });
}

/** `DELETE /fieldsets/:id`: its fields stay, outside of any. */
export function deleteFieldset(call: ContentCall): Reply {
  const { content } = call;
  const edit = editOf(call);
  const fieldset = found(content.fieldsets.get(call.id));
  for (const field of content
    .fieldsOf(fieldset.modelId)
    .filter(({ fieldsetId }) => fieldsetId === fieldset.id)) {
    const position = lastPlace(siblingsOf(edit, fieldset.modelId, null));
    content.fields.set({ ...field, fieldsetId: null, attributes: { ...field.attributes, position } });
  }
  place(edit, closeGap(siblingsOf(edit, fieldset.modelId, null), fieldset.attributes.position));
  content.fieldsets.delete(fieldset.id);
  return ok({ data: fieldsetResource(fieldset) });
}
