import { Refusal } from "../../errors.ts";
import { dateOf, type Edit, found } from "../edit.ts";
import { Block, type Item } from "./item.ts";
import { takePlace } from "./places.ts";
import { publish } from "./publish.ts";
import { newVersion } from "./version.ts";
import { mapAllBlocks } from "./walk.ts";
import { assertAcceptable, initialStage } from "./write.ts";

/** Copies the current body into a new record, with blocks of its own and without what must be unique. */
export function duplicateItem(edit: Edit, source: Item): Item {
  const { content, mint } = edit;
  const model = found(content.models.get(source.modelId));
  if (model.attributes.singleton) throw new Refusal("DUPLICATE_SINGLETON");
  const unique = content.fieldsOf(model.id).filter(({ attributes }) => attributes.validators.unique);
  const values = {
    ...mapAllBlocks(
      content,
      model.id,
      source.current.values,
      (block) => new Block(mint.id(), block.modelId, block.values),
    ),
    ...Object.fromEntries(unique.map(({ attributes }) => [attributes.api_key, null])),
  };
  const id = mint.id();
  assertAcceptable(edit, model, id, values);
  const copy: Item = {
    ...source,
    ...takePlace(edit, model, id, { parentId: source.parentId, position: undefined }),
    id,
    createdAt: dateOf(edit),
    firstPublishedAt: null,
    publishedAt: null,
    creator: edit.actor,
    stage: initialStage(edit, model),
    current: newVersion(edit, values),
    published: null,
    schedules: null,
  };
  content.items.set(copy);
  return model.attributes.draft_mode_active ? copy : publish(edit, copy);
}
