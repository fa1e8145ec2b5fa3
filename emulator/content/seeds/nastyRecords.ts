import type { Content } from "../content.ts";
import { exactInteger } from "../exactNumbers.ts";
import { idFrom } from "../ids.ts";
import { type Item, noSchedules, type Values } from "../records/item.ts";
import type { SeedContext } from "../seed.ts";
import { fileValue, type ItemParts, madeBlock, madeItem, paragraph, span, text } from "./build.ts";
import { nastyIds } from "./nastyIds.ts";

const DAY = 24 * 60 * 60_000;

type Add = (id: string, modelId: string, values: Values, parts?: ItemParts) => Item;

/** Adds the records of the nasty project. */
export function addNastyRecords(content: Content, context: SeedContext, sortableRows: number): void {
  const { now, mint } = context;
  const add: Add = (id, modelId, values, parts) => {
    mint.version();
    const item = madeItem({ id, modelId, at: now - DAY, version: Number(mint.version()) }, values, parts);
    content.items.set(item);
    return item;
  };
  addBodies(content, add, now);
  addCircles(add);
  addValues(add);
  addText(add);
  addLinked(add);
  addOrdered(add, sortableRows);
  const { models } = nastyIds;
  for (const id of [models.con, models.schema, models.long])
    add(idFrom(`one of ${id}`), id, { title: "One" });
}

function article(given: Values = {}): Values {
  return {
    title: { en: "Title", it: "Titolo", fr: "Titre" },
    slug: null,
    kicker: "Kicker",
    pinned: true,
    lead: "Lead",
    data: null,
    count: null,
    ratio: null,
    starts_at: null,
    files: [],
    quotes: [],
    related: [],
    body: null,
    ...given,
  };
}

/** Cases 2, 4, 5, 8, 9, 10. */
function addBodies(content: Content, add: Add, now: number): void {
  const model = nastyIds.models.article;
  const english = { title: { en: "Another title" } };
  add(nastyIds.updated, model, article(english), {
    published: article({ title: { en: "First title", it: "Primo titolo" } }),
  });
  add(nastyIds.scheduled, model, article(), {
    published: article({ title: { en: "Title" } }),
    schedules: {
      ...noSchedules,
      publication: {
        id: idFrom("nasty publication"),
        at: now + 5 * DAY,
        selective: { locales: ["it"], others: false },
      },
      unpublishing: { id: idFrom("nasty unpublishing"), at: now + 50 * DAY, locales: null },
    },
  });
  content.scheduled.set({ id: nastyIds.scheduled });
  add(nastyIds.invalidPublished, model, article(), { published: article({ lead: null }) });
  add(nastyIds.nulls, model, article({ kicker: null, pinned: null, lead: "" }));
  add(nastyIds.oldLocales, model, article({ title: { en: "Title", de: "Titel" } }), { published: true });
  // More than a nested page holds.
  for (let n = 1; n <= 35; n++) {
    const quote = madeBlock(idFrom(`nasty quote ${n}`), nastyIds.models.quote, { words: `Words ${n}` });
    add(idFrom(`nasty article ${n}`), model, article({ slug: `article-${n}`, quotes: [quote] }), {
      published: true,
    });
  }
}

/** Case 6. */
function addCircles(add: Add): void {
  const [a, b, self] = nastyIds.circle;
  const { strict } = nastyIds.models;
  add(a, strict, { name: "A", partner: b }, { published: true });
  add(b, strict, { name: "B", partner: a }, { published: true });
  add(self, strict, { name: "Self", partner: self }, { published: true });
}

/** Cases 11, 12 and 16. */
function addValues(add: Add): void {
  const { article: model } = nastyIds.models;
  const { uploads, oldUrl } = nastyIds;
  add(nastyIds.values, model, {
    ...article({
      data: '{"type":"item","id":"A4gkL_8pTZmcyJ-IlIEd2w","__proto__":{"polluted":true}}',
      count: exactInteger("9007199254740993"),
      ratio: 1e21,
      // In Rome this hour came twice, and the offset says which.
      starts_at: "2024-10-27T02:30:00.000",
      files: [
        fileValue(uploads.image, { custom_data: { id: "y", relationships: { b: 2 } } }),
        fileValue(uploads.empty),
      ],
    }),
  });
  add(
    nastyIds.urls,
    model,
    article({
      lead: `![a](${oldUrl}) <img srcset="${oldUrl}?w=100 1x, ${oldUrl}?w=200 2x">`,
      data: JSON.stringify({ image: oldUrl }),
      files: [fileValue(uploads.unicode)],
    }),
    { published: true },
  );
}

/** Case 13. */
function addText(add: Add): void {
  const { quote, article: model } = nastyIds.models;
  const block = (words: string, name: string) => madeBlock(idFrom(`nasty ${name}`), quote, { words });
  const inline = (name: string) => ({ type: "inlineBlock", item: block(name, name) });
  const body = (words: string) =>
    text(
      { type: "heading", level: 2, children: [span("Heading"), inline("in a heading")] },
      {
        type: "list",
        style: "bulleted",
        children: [{ type: "listItem", children: [paragraph(span("Item"), inline("in a list"))] }],
      },
      paragraph(
        {
          type: "link",
          url: nastyIds.oldUrl,
          meta: [{ id: "rel", value: "nofollow" }],
          children: [span("an asset")],
        },
        {
          type: "itemLink",
          item: nastyIds.goneRecord,
          meta: [],
          children: [{ type: "span", marks: ["strong"], value: "gone" }],
        },
        { type: "inlineItem", item: nastyIds.updated },
      ),
      { type: "block", item: madeBlock(nastyIds.sharedBlock, quote, { words }) },
      { type: "code", language: "js", highlight: [0], code: "a()" },
      { type: "thematicBreak" },
    );
  add(nastyIds.text, model, article({ body: body("current") }), {
    published: article({ body: body("published") }),
  });
}

/** Cases 7, 18 and 19. */
function addLinked(add: Add): void {
  const { models, uploads } = nastyIds;
  const [one, two] = nastyIds.swap;
  add(one, models.article, article({ slug: "one" }), { published: true });
  add(two, models.article, article({ slug: "two" }), { published: true });
  add(nastyIds.deletable, models.article, article({ slug: "deletable" }), { published: true });
  for (const id of nastyIds.referrers) {
    const related = [nastyIds.updated, nastyIds.deletable];
    add(id, models.article, article({ related }), { published: true });
  }
  const cover = fileValue(uploads.legacy);
  add(
    nastyIds.legacy,
    models.legacy,
    { title: "Old", slug: "old", next: nastyIds.legacy, cover },
    { published: true },
  );
  add(nastyIds.home, models.home, { title: "Home" }, { published: true });
}

/** Case 17: a child that is out before its parent, positions with gaps and doubles, a long row. */
function addOrdered(add: Add, rows: number): void {
  const { models, tree } = nastyIds;
  for (const [index, id] of tree.entries()) {
    const published = index !== 2;
    const parentId = tree[index - 1] ?? null;
    add(id, models.page, { title: { en: `Page ${index + 1}` } }, { published, parentId, position: 1 });
  }
  for (const [index, position] of [2, 4, 4, 8].entries()) {
    add(idFrom(`nasty root ${index}`), models.page, { title: { en: `Root ${index}` } }, { position });
  }
  for (let n = 1; n <= rows; n++) {
    add(idFrom(`nasty row ${n}`), models.row, { name: `Row ${n}` }, { published: true, position: n });
  }
}
