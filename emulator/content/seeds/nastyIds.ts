import { idFrom } from "../ids.ts";

const id = (name: string) => idFrom(`nasty ${name}`);

/** What the nasty project holds, by the case of facts 10 that it is for. */
export const nastyIds = {
  models: {
    article: id("article"),
    quote: id("quote"),
    strict: id("strict"),
    page: id("page"),
    row: id("row"),
    home: id("home"),
    con: id("con"),
    schema: id("schema"),
    long: id("long"),
    /** Case 19: from before 2020, an integer. */
    legacy: "1869245",
  },
  /** Case 4: published in `en` and `it`, edited to `en` only. */
  updated: id("updated"),
  /** Case 5: one locale is to be published, all of it unpublished later. */
  scheduled: id("scheduled"),
  /** Case 6: two that need each other, and one that needs itself. */
  circle: [id("circle a"), id("circle b"), id("circle self")],
  /** Case 7: two unique slugs to swap. */
  swap: [id("swap a"), id("swap b")],
  /** Case 8: published before a field became required. */
  invalidPublished: id("invalid published"),
  /** Case 9: null, "" and a default. */
  nulls: id("nulls"),
  /** Case 10: in `en` and a locale that the site no longer has. */
  oldLocales: id("old locales"),
  /** Cases 11 and 12: JSON, `__proto__`, long numbers, an hour that came twice. */
  values: id("values"),
  /** Case 13: structured text with everything in it, and a block in both bodies. */
  text: id("text"),
  sharedBlock: id("shared block"),
  goneRecord: id("gone record"),
  /** Case 14 and 15. */
  uploads: {
    image: id("image"),
    drawing: id("drawing"),
    empty: id("empty"),
    video: id("video"),
    twins: [id("twin a"), id("twin b")],
    replaced: id("replaced"),
    unicode: id("unicode"),
    legacy: "43554737",
  },
  goneUpload: id("gone upload"),
  /** Case 16: in Markdown, HTML, JSON and parameters of a plugin. */
  urls: id("urls"),
  oldUrl: "https://www.datocms-assets.com/30001/1546300800-unicode-file-1.png",
  plugin: id("plugin"),
  /** Case 17: from the root down. */
  tree: [id("page 1"), id("page 2"), id("page 3"), id("page 4"), id("page 5"), id("page 6")],
  /** Case 18: to be deleted, and two that link to it. */
  deletable: id("deletable"),
  referrers: [id("referrer a"), id("referrer b")],
  /** Case 19: all of it with integers for ids. */
  legacy: "112935576",
  home: id("the home"),
} as const;
