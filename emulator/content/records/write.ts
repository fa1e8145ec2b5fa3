import { Refusal } from "../../errors.ts";
import { recordDate } from "../dates.ts";
import { type Edit, found, newIdFor } from "../edit.ts";
import type { Ref } from "../entity.ts";
import { type Model, storesInvalidDrafts } from "../schema/model.ts";
import { type Attributes, readBody } from "./body.ts";
import { refuseFor } from "./input.ts";
import type { Block, Item, Values } from "./item.ts";
import { assertWithinLimits } from "./limits.ts";
import { isOrdered, leavePlace, type Place, takePlace } from "./places.ts";
import { clashesOf, problemsOf } from "./problems.ts";
import { publish } from "./publish.ts";
import { shownVersion } from "./render.ts";
import { newVersion } from "./version.ts";
import { blocksIn, bodiesOf } from "./walk.ts";

/** A create as a client sends it; dates are milliseconds since 1970. */
export type Creation = {
  readonly id: string | undefined;
  readonly modelId: string;
  readonly attributes: Attributes;
  readonly creator: Ref | undefined;
  readonly createdAt: number | undefined;
  readonly firstPublishedAt: number | undefined;
  readonly stage: string | undefined;
};

/** What an update changes; what it leaves out stays. */
export type Change = {
  readonly attributes: Attributes;
  readonly creator: Ref | undefined;
  readonly createdAt: number | undefined;
  readonly firstPublishedAt: number | undefined;
  readonly stage: string | undefined;
  /** The version that the client has seen, where it says so. */
  readonly seenVersion: string | undefined;
};

/** Creates a record; one of a model without drafts is published with it (facts 5.2, 5.3). */
export function createItem(edit: Edit, creation: Creation): Item {
  const { content } = edit;
  const model = content.models.get(creation.modelId);
  if (model === undefined || model.attributes.modular_block) {
    throw new Refusal("INVALID_FIELD", { field: "item_type", code: "VALIDATION_INVALID" });
  }
  const id = newIdFor(edit, creation.id, (wanted) => isTaken(edit, wanted));
  if (model.attributes.singleton && content.items.ids(model.id).length > 0)
    throw new Refusal("DUPLICATE_SINGLETON");
  assertStage(edit, model, creation.stage);
  const { attributes } = creation;
  const values = readBody(edit, model, attributes, { itemId: id, values: null, blocks: new Map() });
  assertAcceptable(edit, model, id, values);
  const place = takePlace(edit, model, id, {
    parentId: parentIn(attributes) ?? null,
    position: positionIn(attributes),
  });
  const item: Item = {
    id,
    modelId: model.id,
    createdAt: recordDate(creation.createdAt ?? edit.now),
    firstPublishedAt: creation.firstPublishedAt === undefined ? null : recordDate(creation.firstPublishedAt),
    publishedAt: null,
    creator: creation.creator ?? edit.actor,
    stage: creation.stage ?? initialStage(edit, model),
    ...place,
    current: newVersion(edit, values),
    published: null,
    schedules: null,
  };
  content.items.set(item);
  return model.attributes.draft_mode_active ? item : publish(edit, item);
}

/** Writes another body, unless nothing of it changes but the place, the stage or the creator (facts 1.5, 5.5). */
export function updateItem(edit: Edit, id: string, change: Change): Item {
  const { content, unknowns } = edit;
  const item = found(content.items.get(id));
  const model = found(content.models.get(item.modelId));
  if (change.seenVersion !== undefined && change.seenVersion !== shownVersion(content, item.current)) {
    throw new Refusal("STALE_ITEM_VERSION");
  }
  assertStage(edit, model, change.stage);
  const { attributes } = change;
  const writesValues = content
    .fieldsOf(model.id)
    .some((field) => Object.hasOwn(attributes, field.attributes.api_key));
  const values = readBody(edit, model, attributes, {
    itemId: id,
    values: item.current.values,
    blocks: blocksOf(edit, item),
  });
  if (writesValues) assertAcceptable(edit, model, id, values, item.current.values);
  const place = moved(edit, model, item, attributes);
  const moves =
    place.position !== item.position || place.parentId !== item.parentId || change.stage !== undefined;
  const honoured = unknowns.updateHonoursDates
    ? change
    : { createdAt: undefined, firstPublishedAt: undefined };
  const makesVersion = writesValues || (moves && unknowns.movesMakeVersions);
  const updated: Item = {
    ...item,
    ...place,
    createdAt: honoured.createdAt === undefined ? item.createdAt : recordDate(honoured.createdAt),
    firstPublishedAt:
      honoured.firstPublishedAt === undefined ? item.firstPublishedAt : recordDate(honoured.firstPublishedAt),
    creator: change.creator ?? item.creator,
    stage: change.stage ?? item.stage,
    current: makesVersion ? newVersion(edit, values) : item.current,
  };
  content.items.set(updated);
  return makesVersion && !model.attributes.draft_mode_active ? publish(edit, updated) : updated;
}

/** @returns the blocks of a record by id, of either body; the current one's where both have it */
export function blocksOf({ content }: Edit, item: Item): Map<string, Block> {
  const blocks = bodiesOf(item)
    .toReversed()
    .flatMap((values) => [...blocksIn(content, item.modelId, values)]);
  return new Map(blocks.map((block) => [block.id, block]));
}

/** @throws Refusal when a body breaks rules that its model does not let drafts break (facts 5.4) */
export function assertAcceptable(
  edit: Edit,
  model: Model,
  itemId: string,
  values: Values,
  before?: Values,
): void {
  assertWithinLimits(edit.content, model.id, values);
  if (storesInvalidDrafts(model)) return;
  const { content } = edit;
  refuseFor(
    [...problemsOf(content, model.id, values), ...clashesOf(content, model, itemId, values, before)],
    edit,
  );
}

function isTaken({ content, unknowns }: Edit, id: string): boolean {
  return content.items.has(id) || (unknowns.deletedIds === "taken" && content.items.hadOnce(id));
}

function moved(edit: Edit, model: Model, item: Item, attributes: Attributes): Place {
  const parentId = parentIn(attributes);
  const position = positionIn(attributes);
  const stays =
    (parentId === undefined || parentId === item.parentId) && (position ?? item.position) === item.position;
  if (!isOrdered(model) || stays) return { parentId: item.parentId, position: item.position };
  leavePlace(edit, model, item);
  return takePlace(edit, model, item.id, {
    parentId: parentId === undefined ? item.parentId : parentId,
    position,
  });
}

function parentIn({ parent_id }: Attributes): string | null | undefined {
  return typeof parent_id === "string" || parent_id === null ? parent_id : undefined;
}

function positionIn({ position }: Attributes): number | undefined {
  if (position === undefined || position === null) return undefined;
  if (typeof position === "number" && Number.isInteger(position) && position >= 0) return position;
  throw new Refusal("INVALID_POSITION");
}

/** @returns the stage that a new record of a model is in */
export function initialStage(edit: Edit, model: Model): string | null {
  const initial = stagesOf(edit, model).find((stage) => stage.initial === true);
  return typeof initial?.id === "string" ? initial.id : null;
}

function stagesOf({ content }: Edit, { links }: Model): { id?: unknown; initial?: unknown }[] {
  const workflow = links.workflow === null ? undefined : content.entities.workflow.get(links.workflow);
  const stages = workflow?.attributes.stages;
  return Array.isArray(stages) ? stages : [];
}

/** @throws Refusal INVALID_FIELD of `stage` where the model's workflow has no such stage */
function assertStage(edit: Edit, model: Model, stage: string | undefined): void {
  if (stage === undefined || stagesOf(edit, model).some(({ id }) => id === stage)) return;
  throw new Refusal("INVALID_FIELD", { field: "stage", code: "VALIDATION_INCLUSION" });
}
