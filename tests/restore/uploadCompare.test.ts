import { describe, expect, test } from "vitest";
import { compareUploads, fingerprintOf } from "../../services/archive/restore/uploads/compare.ts";
import {
  type UploadLine,
  uploadLineFrom,
  uploadLineOf,
} from "../../services/archive/restore/uploads/line.ts";
import type { Mode } from "../../services/archive/restore/words.ts";
import type { JsonObject } from "../../utils/json.ts";

const MD5 = "1c7f3f297bb16171b58dac0df409be13";
const target = { locales: ["en", "it"], isByMember: true };
const metadata = (alt: JsonObject, more: JsonObject = {}) => ({
  alt,
  title: {},
  custom_data: {},
  focal_point: null,
  poster_time: null,
  ...more,
});

function line(id: string, attributes: JsonObject = {}, collection?: string): UploadLine {
  return uploadLineOf({
    id,
    type: "upload",
    attributes: {
      md5: MD5,
      size: 49,
      basename: "whoa",
      tags: ["b", "a"],
      author: null,
      default_field_metadata: metadata({ en: "Alt", it: null }),
      ...attributes,
    },
    relationships: {
      upload_collection: {
        data: collection === undefined ? null : { type: "upload_collection", id: collection },
      },
    },
  });
}

function compared(desired: UploadLine[], observed: UploadLine[], mode: Mode, to = target) {
  const changes = compareUploads(desired, new Map(observed.map((each) => [each.id, each])), mode, to);
  return changes.map(({ id, do: what, members }) => `${what} ${id} ${members.join()}`.trim());
}

const changed = (one: UploadLine, other: UploadLine, to = target) =>
  compared([one], [other], "overwrite", to);

describe("what becomes of uploads", () => {
  const desired = [line("missing"), line("edited"), line("same")];
  const observed = [line("edited", { author: "Somebody" }), line("same"), line("new")];

  test("depends on the mode", () => {
    const all = "bytes,basename,default_field_metadata,tags,author,copyright,notes,upload_collection";
    const create = `create missing ${all}`;
    expect(compared(desired, observed, "add")).toEqual([create, "unchanged edited author", "unchanged same"]);
    expect(compared(desired, observed, "overwrite")).toEqual([
      create,
      "change edited author",
      "unchanged same",
    ]);
    expect(compared(desired, observed, "mirror")).toEqual([
      create,
      "change edited author",
      "unchanged same",
      "delete new",
    ]);
  });

  test("is told by what differs", () => {
    expect(changed(line("a"), line("a", { size: 50 }))).toEqual(["change a bytes"]);
    expect(changed(line("a"), line("a", { tags: ["a"] }))).toEqual(["change a tags"]);
    expect(changed(line("a"), line("a", { basename: "other" }))).toEqual(["change a basename"]);
    expect(changed(line("a", {}, "c"), line("a"))).toEqual(["change a upload_collection"]);
  });
});

describe("nothing differs", () => {
  const same: [string, UploadLine, UploadLine, typeof target?][] = [
    ["in another order of tags", line("a"), line("a", { tags: ["a", "b", "a"] })],
    [
      "in letters of a name that DatoCMS writes in its own way",
      line("a", { basename: "Whöä" }),
      line("a", { basename: "whoa" }),
    ],
    [
      "in what DatoCMS works out",
      line("a", { url: "x", blurhash: "y", smart_tags: ["z"] }),
      line("a", { exif_info: {} }),
    ],
    ["in a text that is empty or missing", line("a", { notes: "" }), line("a", { notes: null })],
    [
      "in metadata of a locale that the target does not have",
      line("a", { default_field_metadata: metadata({ en: "Alt", de: "Text" }) }),
      line("a"),
    ],
    ["in a file of which nothing is known", line("a", { md5: null }), line("a", { md5: "0".repeat(32) })],
  ];
  test.each(same)("%s", (_, one, other, to) => {
    expect(changed(one, other, to)).toEqual(["unchanged a"]);
  });

  test("in metadata by member and by locale", () => {
    const point = { x: 0.5, y: 0.5 };
    const byMember = line("a", { default_field_metadata: metadata({ en: "Alt" }, { focal_point: point }) });
    const locale = (alt: string | null) => ({ alt, title: null, custom_data: {}, focal_point: point });
    const byLocale = line("a", { default_field_metadata: { en: locale("Alt"), it: locale(null) } });
    expect(changed(byLocale, byMember)).toEqual(["unchanged a"]);
    expect(changed(byMember, byLocale, { ...target, isByMember: false })).toEqual(["unchanged a"]);
    const other = line("a", { default_field_metadata: { en: locale("Alt"), it: locale("Testo") } });
    expect(changed(other, byMember)).toEqual(["change a default_field_metadata"]);
  });
});

test("a fingerprint is that of what is compared, whatever the locales", () => {
  expect(fingerprintOf(line("a"))).toBe(
    fingerprintOf(
      line("a", { url: "x", default_field_metadata: metadata({ en: "Alt", it: null, fr: null }) }),
    ),
  );
  expect(fingerprintOf(line("a"))).not.toBe(fingerprintOf(line("a", { notes: "New" })));
  expect(fingerprintOf(line("a"))).not.toBe(
    fingerprintOf(line("a", { default_field_metadata: metadata({ en: "Other" }) })),
  );
});

test("a line of an archive says what it holds of the file; another one is none", () => {
  const asset = { md5: MD5, size: 49, bytes: "original" };
  const { upload } = line("a");
  expect(uploadLineFrom(JSON.stringify({ ...upload, asset }))).toEqual({ id: "a", upload, file: asset });
  expect(uploadLineFrom(JSON.stringify(upload))).toBeUndefined();
  expect(uploadLineFrom("{}")).toBeUndefined();
});
