import type { Content } from "../content.ts";
import type { SeedContext } from "../seed.ts";
import { fileOf } from "../uploads/files.ts";
import type { StoredFile } from "../uploads/upload.ts";
import { madeUpload } from "./build.ts";
import { nastyIds } from "./nastyIds.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452000000080000000808020000004b6d29dc7069786c", "hex");
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect width="8" height="8"/></svg>';
const NEW_YEAR_2019 = 1_546_300_800;

/** A gigabyte that nobody gets: raw videos are not served (case 14). Its md5 is made up. */
const VIDEO: StoredFile = {
  size: 1_073_741_824,
  md5: "0123456789abcdef0123456789abcdef",
  mimeType: "video/mp4",
  width: 1920,
  height: 1080,
  bytes: () => new Uint8Array(),
};

/** Adds the uploads of the nasty project: cases 14 to 16 and 19. */
export function addNastyUploads(content: Content, { siteId, now, storage }: SeedContext): void {
  const { uploads } = nastyIds;
  let second = NEW_YEAR_2019;
  const add = (id: string, filename: string, bytes: Uint8Array | StoredFile, given = {}) => {
    const upload = madeUpload({ id, siteId, at: now - 1000, second: second++ }, filename, bytes, given);
    content.uploads.set(upload);
    return upload;
  };
  // Case 16: first, so that its address is the one in texts.
  add(uploads.unicode, "Ünïcode  File (1).PNG", Buffer.concat([PNG, Buffer.from("unicode")]));
  add(uploads.image, "image.png", PNG, { metadata: metadataWithMembersOfRecords });
  add(uploads.drawing, "drawing.svg", Buffer.from(SVG));
  add(uploads.empty, "empty.txt", new Uint8Array());
  add(uploads.video, "video.mp4", VIDEO);
  for (const [index, id] of uploads.twins.entries())
    add(id, `twin-${index}.txt`, Buffer.from("the same bytes"));
  // Case 15: replaced under the same address a moment ago, so that the host still gives the old bytes.
  const replaced = add(uploads.replaced, "replaced.txt", Buffer.from("new bytes"));
  storage.replaced(replaced.path, fileOf(Buffer.from("old bytes"), "txt"), now);
  add(uploads.legacy, "legacy.txt", Buffer.from("from 2019"));
}

/** Case 11: custom data that looks like a record to who does not look twice. */
const metadataWithMembersOfRecords = {
  alt: { en: "An image", it: null, fr: null },
  title: { en: null, it: null, fr: null },
  custom_data: { en: { id: "x", type: "item", relationships: { a: 1 } }, it: {}, fr: {} },
  focal_point: { x: 0.25, y: 0.75 },
  poster_time: null,
};
