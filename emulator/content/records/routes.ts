import * as z from "zod";
import { ok, type Reply } from "../../call.ts";
import { Refusal } from "../../errors.ts";
import { instantOf } from "../dates.ts";
import { type ContentCall, editOf, found, inJob } from "../edit.ts";
import { assertRoom } from "../quotas.ts";
import { readBody } from "../readBody.ts";
import { modelResource } from "../schema/model.ts";
import { mayReadModel } from "../sight.ts";
import { duplicateItem } from "./duplicate.ts";
import { referrersOf } from "./indexes.ts";
import type { Item } from "./item.ts";
import { rowResource, versionOf, viewOf } from "./list.ts";
import { assertUnlocked } from "./locks.ts";
import { publish } from "./publish.ts";
import { blockResource, itemResource } from "./render.ts";
import { rowOf } from "./rows.ts";
import { futureInstant, publicationResource, setSchedules, unpublishingResource } from "./schedules.ts";
import { stateDocument } from "./state.ts";
import { linksIn } from "./walk.ts";
import { destroyItem, unpublish } from "./withdraw.ts";
import { blocksOf, createItem, updateItem } from "./write.ts";

const date = z.string().transform((text, context) => {
  const at = instantOf(text);
  if (at !== undefined) return at;
  context.addIssue({ code: "custom", message: "is not a date" });
  return z.NEVER;
});
const ref = z.object({ id: z.string(), type: z.string() });

const meta = z
  .object({
    created_at: date.optional(),
    first_published_at: date.nullish(),
    current_version: z.string().optional(),
    stage: z.string().nullish(),
  })
  .default({});

const createRequest = z.object({
  data: z.object({
    type: z.literal("item"),
    id: z.string().optional(),
    attributes: z.record(z.string(), z.unknown()).default({}),
    relationships: z.object({
      item_type: z.object({ data: ref }),
      creator: z.object({ data: ref }).optional(),
    }),
    meta,
  }),
});

const updateRequest = z.object({
  data: z.object({
    type: z.literal("item"),
    attributes: z.record(z.string(), z.unknown()).default({}),
    relationships: z.object({ creator: z.object({ data: ref }).optional() }).optional(),
    meta,
  }),
});

/** `GET /items/:id`: a published body that is not there is not found. */
export function findItem(call: ContentCall): Reply {
  const row = found(rowOf(visible(call), versionOf(call)));
  return ok({ data: rowResource(viewOf(call), row) });
}

/** `POST /items`: 201, with the model and every block in `included` (facts 5.10). */
export function postItem(call: ContentCall): Reply {
  const { id, attributes, relationships, meta } = readBody(createRequest, call.body).data;
  assertRoom(call, "items");
  const item = createItem(editOf(call), {
    id,
    attributes,
    modelId: relationships.item_type.data.id,
    creator: relationships.creator?.data,
    createdAt: meta.created_at,
    firstPublishedAt: meta.first_published_at ?? undefined,
    stage: meta.stage ?? undefined,
  });
  return { status: 201, document: writtenDocument(call, item) };
}

/** `PUT /items/:id` */
export function putItem(call: ContentCall): Reply {
  const { attributes, relationships, meta } = readBody(updateRequest, call.body).data;
  const { id } = unlocked(call);
  const item = updateItem(editOf(call), id, {
    attributes,
    creator: relationships?.creator?.data,
    createdAt: meta.created_at,
    firstPublishedAt: meta.first_published_at ?? undefined,
    stage: meta.stage ?? undefined,
    seenVersion: meta.current_version,
  });
  return ok(writtenDocument(call, item));
}

/** `POST /items/:id/duplicate`: a job whose result says 201. */
export function postDuplicate(call: ContentCall): Reply {
  assertRoom(call, "items");
  return inJob(call, writtenDocument(call, duplicateItem(editOf(call), visible(call))), 201);
}

/** `DELETE /items/:id`: a job. */
export function deleteItem(call: ContentCall): Reply {
  const item = unlocked(call);
  const data = itemResource(viewOf(call), item, item.current);
  destroyItem(editOf(call), item.id);
  return inJob(call, { data });
}

const selectivePublish = z
  .object({
    data: z.object({
      attributes: z.object({ content_in_locales: z.array(z.string()), non_localized_content: z.boolean() }),
    }),
  })
  .nullable();

/** `PUT /items/:id/publish` */
export function publishItem(call: ContentCall): Reply {
  const attributes = readBody(selectivePublish, call.body === "" ? "null" : call.body)?.data.attributes;
  const selection = attributes && {
    locales: attributes.content_in_locales,
    others: attributes.non_localized_content,
  };
  const recursive = call.query.get("recursive") === "true";
  return currentReply(call, publish(editOf(call), unlocked(call), { selection, recursive }));
}

const selectiveUnpublish = z
  .object({ data: z.object({ attributes: z.object({ content_in_locales: z.array(z.string()) }) }) })
  .nullable();

/** `PUT /items/:id/unpublish` */
export function unpublishItem(call: ContentCall): Reply {
  const attributes = readBody(selectiveUnpublish, call.body === "" ? "null" : call.body)?.data.attributes;
  const recursive = call.query.get("recursive") === "true";
  const locales = attributes?.content_in_locales ?? null;
  return currentReply(call, unpublish(editOf(call), unlocked(call), { locales, recursive }));
}

/** `GET /items/:id/references` (facts 2.1) */
export function listReferences(call: ContentCall): Reply {
  const { content, query } = call;
  const { id } = visible(call);
  const asked = query.get("version") ?? "current";
  const view = viewOf(call);
  const linking = referrersOf(content, id).flatMap((referrerId) => {
    const item = found(content.items.get(referrerId));
    const versions =
      asked === "published-or-current" ? (["published", "current"] as const) : [versionOf(call)];
    const row = versions
      .flatMap((version) => rowOf(item, version) ?? [])
      .find(({ version }) =>
        [...linksIn(content, item.modelId, version.values)].some(({ target }) => target === id),
      );
    return row === undefined ? [] : [rowResource(view, row)];
  });
  return ok({ data: linking });
}

/** `GET /items/:id/current-vs-published-state` */
export function findState(call: ContentCall): Reply {
  return ok(stateDocument(call.content, visible(call)));
}

const publicationRequest = z.object({
  data: z.object({
    attributes: z.object({
      publication_scheduled_at: z.string(),
      selective_publication: z
        .object({ content_in_locales: z.array(z.string()), non_localized_content: z.boolean() })
        .nullish(),
    }),
  }),
});

/** `POST /items/:id/scheduled-publication` */
export function schedulePublication(call: ContentCall): Reply {
  const edit = editOf(call);
  const { publication_scheduled_at, selective_publication: wanted } = readBody(publicationRequest, call.body)
    .data.attributes;
  const selective = wanted
    ? { locales: wanted.content_in_locales, others: wanted.non_localized_content }
    : null;
  const publication = { id: edit.mint.id(), at: futureInstant(edit, publication_scheduled_at), selective };
  const { id } = setSchedules(edit, visible(call).id, { publication });
  return { status: 201, document: { data: publicationResource(id, publication) } };
}

const unpublishingRequest = z.object({
  data: z.object({
    attributes: z.object({
      unpublishing_scheduled_at: z.string(),
      content_in_locales: z.array(z.string()).nullish(),
    }),
  }),
});

/** `POST /items/:id/scheduled-unpublishing` */
export function scheduleUnpublishing(call: ContentCall): Reply {
  const edit = editOf(call);
  const { unpublishing_scheduled_at, content_in_locales: locales = null } = readBody(
    unpublishingRequest,
    call.body,
  ).data.attributes;
  const unpublishing = { id: edit.mint.id(), at: futureInstant(edit, unpublishing_scheduled_at), locales };
  const { id } = setSchedules(edit, visible(call).id, { unpublishing });
  return { status: 201, document: { data: unpublishingResource(id, unpublishing) } };
}

/** `DELETE /items/:id/scheduled-publication` */
export function unschedulePublication(call: ContentCall): Reply {
  return currentReply(call, setSchedules(editOf(call), visible(call).id, { publication: null }));
}

/** `DELETE /items/:id/scheduled-unpublishing` */
export function unscheduleUnpublishing(call: ContentCall): Reply {
  return currentReply(call, setSchedules(editOf(call), visible(call).id, { unpublishing: null }));
}

function currentReply(call: ContentCall, item: Item): Reply {
  return ok({ data: itemResource(viewOf(call), item, item.current) });
}

function writtenDocument(call: ContentCall, item: Item): object {
  const { content } = call;
  const view = viewOf(call);
  const blocks = [...blocksOf(editOf(call), { ...item, published: null }).values()];
  return {
    data: itemResource(view, item, item.current),
    included: [
      modelResource(content, found(content.models.get(item.modelId))),
      ...blocks.map((block) => blockResource(view, block, item, item.current)),
    ],
  };
}

/** @throws Refusal NOT_FOUND for a record that is not there, or that the role does not see */
function visible(call: ContentCall): Item {
  const item = found(call.content.items.get(call.id));
  if (!mayReadModel(call, item.modelId)) throw new Refusal("NOT_FOUND");
  return item;
}

/** @throws Refusal NOT_FOUND as above, or ITEM_LOCKED */
function unlocked(call: ContentCall): Item {
  const item = visible(call);
  assertUnlocked(call.content, item.id);
  return item;
}
