import type { Content } from "../content.ts";
import { addField, addModel } from "./build.ts";
import { nastyIds } from "./nastyIds.ts";

/** Adds the models of the nasty project. */
export function addNastySchema(content: Content): void {
  const { models } = nastyIds;
  const drafts = { draft_mode_active: true, draft_saving_active: true };
  addModel(content, models.quote, "quote", { modular_block: true });
  addField(content, models.quote, "words", "text");
  addArticle(content, drafts);
  addModel(content, models.strict, "strict", { draft_mode_active: true });
  addField(content, models.strict, "name", "string", { validators: { required: {} } });
  // Case 6: strategies are the defaults, so that neither can be published before the other.
  addField(content, models.strict, "partner", "link", {
    validators: { required: {}, item_item_type: { item_types: [models.strict] } },
  });
  addModel(content, models.page, "page", { tree: true, draft_mode_active: true });
  addField(content, models.page, "title", "string", { localized: true });
  addModel(content, models.row, "row", { sortable: true });
  addField(content, models.row, "name", "string");
  addModel(content, models.home, "home", { singleton: true });
  addField(content, models.home, "title", "string");
  // Names that are trouble on disks.
  for (const [id, name] of [
    [models.con, "con"],
    [models.schema, "schema"],
    [models.long, "a".repeat(60)],
  ] as const) {
    addModel(content, id, name);
    addField(content, id, "title", "string");
  }
  // Case 19: ids of its time, in its own validators too.
  addModel(content, models.legacy, "legacy", drafts);
  addField(content, models.legacy, "title", "string", { id: "9440098" });
  addField(content, models.legacy, "slug", "slug", {
    id: "9440099",
    validators: { slug_title_field: { title_field_id: "9440098" }, unique: {} },
  });
  addField(content, models.legacy, "next", "link", {
    id: "9440100",
    validators: { item_item_type: { item_types: [models.legacy] } },
  });
  addField(content, models.legacy, "cover", "file", { id: "9440101" });
}

function addArticle(
  content: Content,
  drafts: { draft_mode_active: boolean; draft_saving_active: boolean },
): void {
  const { article, quote } = nastyIds.models;
  addModel(content, article, "article", { ...drafts, all_locales_required: true });
  addField(content, article, "title", "string", { localized: true });
  addField(content, article, "slug", "slug", { validators: { unique: {} } });
  // Case 9: a default where the archived value may be null.
  addField(content, article, "kicker", "string", { default_value: "Untitled" });
  addField(content, article, "pinned", "boolean", { default_value: true });
  // Case 8: became required after a publication.
  addField(content, article, "lead", "text", { validators: { required: {} } });
  addField(content, article, "data", "json");
  addField(content, article, "count", "integer");
  addField(content, article, "ratio", "float");
  addField(content, article, "starts_at", "date_time");
  addField(content, article, "files", "gallery");
  addField(content, article, "quotes", "rich_text", {
    validators: { rich_text_blocks: { item_types: [quote] } },
  });
  addField(content, article, "related", "links", {
    validators: { items_item_type: { item_types: [article] } },
  });
  addField(content, article, "body", "structured_text", {
    validators: {
      structured_text_blocks: { item_types: [quote] },
      structured_text_inline_blocks: { item_types: [quote] },
      structured_text_links: { item_types: [article] },
    },
  });
}
