import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { callers, refusal, TOKEN, type World } from "../support.ts";
import { contentWorld, field, newId, ofType } from "./support.ts";

/** The first bytes of a PNG of 7 by 5 pixels. */
const PNG = Buffer.from("89504e470d0a1a0a0000000d494844520000000700000005080200000073", "hex");
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><rect onclick="x" width="1"/></svg>';

const md5 = (bytes: Uint8Array | string) => createHash("md5").update(bytes).digest("hex");

/** Puts bytes where an upload request says. */
async function place(
  { client, emulator }: World,
  filename: string,
  bytes: Uint8Array | string,
): Promise<string> {
  const { id, url, request_headers } = await client.uploadRequest.create({ filename });
  const headers = z.record(z.string(), z.string()).parse(request_headers);
  const answer = await emulator.fetch(url, {
    method: "PUT",
    headers,
    body: new Uint8Array(Buffer.from(bytes)),
  });
  expect(answer.status).toBe(200);
  return id;
}

async function upload(here: World, filename: string, bytes: Uint8Array | string, more: object = {}) {
  return here.client.uploads.create({ path: await place(here, filename, bytes), ...more });
}

async function bytesAt({ emulator }: World, url: string, headers: Record<string, string> = {}) {
  const answer = await emulator.fetch(url, { headers });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

const ORIGINAL = "?skip-default-optimizations=true&svg-sanitize=false";

describe("an upload", () => {
  test("is made by the official client from a file, under an id and with metadata (facts 5.2, row 9)", async () => {
    const { client } = contentWorld();
    const folder = await mkdtemp(join(tmpdir(), "uploads-"));
    const localPath = join(folder, "Ünïcode  File (1).PNG");
    await writeFile(localPath, PNG);
    const id = newId();
    const made = await client.uploads.createFromLocalFile({
      id,
      localPath,
      author: "",
      copyright: "me",
      tags: ["B  b", "a", "A"],
      default_field_metadata: { alt: { en: " Alt " }, title: {}, custom_data: { en: { id: 1 } } },
    });
    await rm(folder, { recursive: true });
    expect(made).toMatchObject({
      id,
      size: PNG.byteLength,
      md5: md5(PNG),
      width: 7,
      height: 5,
      basename: "unicode-file-1",
      filename: "unicode-file-1.png",
      mime_type: "image/png",
      is_image: true,
      author: null,
      copyright: "me",
      tags: ["a", "b b"],
      default_field_metadata: {
        alt: { en: "Alt" },
        title: { en: null },
        custom_data: { en: { id: 1 } },
        focal_point: null,
      },
      created_at: "2026-03-01T02:00:00.000Z",
    });
    expect(made.url).toBe(`https://www.datocms-assets.com${made.path}`);
    expect(await client.uploads.find(id)).toEqual(made);
  });

  test("needs bytes at an address that is good for 15 minutes and for its headers only (facts 5.2, row 9)", async () => {
    const here = contentWorld();
    const { client, emulator, clock } = here;
    const { id, url, request_headers } = await client.uploadRequest.create({ filename: "a.txt" });
    expect((await refusal(client.uploads.create({ path: id }))).code).toBe("INVALID_FIELD");
    const put = async (headers: Record<string, string>) =>
      (await emulator.fetch(url, { method: "PUT", headers, body: "a" })).status;
    expect(await put({})).toBe(403);
    await clock.advance(15 * 60_000);
    expect(await put(z.record(z.string(), z.string()).parse(request_headers))).toBe(403);
  });

  test("with the same bytes has another address (case 15)", async () => {
    const here = contentWorld();
    const [one, two] = [await upload(here, "a.txt", "same"), await upload(here, "a.txt", "same")];
    expect(one.md5).toBe(two.md5);
    expect(one.url).not.toBe(two.url);
    const found = await here.client.uploads.list({ filter: { fields: { md5: { eq: one.md5 } } } });
    expect(found).toHaveLength(2);
  });

  test("keeps its metadata by locale in older projects (facts 1.7)", async () => {
    const here = contentWorld();
    const { raw, client, project } = here;
    project.user.change("main", ({ content }) => {
      content.site = { ...content.site, flags: { ...content.site.flags, non_localized_focal_points: false } };
    });
    const { id } = await upload(here, "a.txt", "a");
    const answer = await raw("PUT", `/uploads/${id}`, {
      body: { data: { type: "upload", id, attributes: { default_field_metadata: { en: { alt: "x" } } } } },
    });
    expect(answer.status).toBe(202);
    expect((await client.uploads.find(id)).default_field_metadata).toEqual({
      en: { alt: "x", title: null, custom_data: {}, focal_point: null },
    });
  });

  test("is listed by id, 500 at most, and hidden from roles that see none (facts 2.1, 3)", async () => {
    const here = contentWorld({ role: {} });
    const { client, project } = here;
    const made = [
      await upload(here, "a.txt", "a"),
      await upload(here, "b.png", PNG),
      await upload(here, "c.txt", "ccc"),
    ];
    const ids = async (query: Record<string, unknown>) =>
      (await client.uploads.rawList(query)).data.map(({ id }) => id);
    expect(await ids({ order_by: "id_ASC", page: { limit: 500 } })).toEqual(made.map(({ id }) => id).sort());
    expect(await ids({ filter: { fields: { type: { eq: "image" } } } })).toEqual([made[1]?.id]);
    expect(await ids({ order_by: "size_DESC", page: { limit: 1 } })).toEqual([made[1]?.id]);
    expect((await client.uploads.rawList({ page: { limit: 0 } })).meta.total_count).toBe(3);
    expect(project.environment("main")?.uploads).toBe(3);
    project.settings.hidden = { models: [], uploads: true };
    expect((await client.uploads.rawList()).meta.total_count).toBe(0);
  });

  test("that a record has is not deleted, or goes out of the record (switch uploadInUse)", async () => {
    const here = contentWorld();
    const { client, raw, project } = here;
    const model = await client.itemTypes.create({ name: "Post", api_key: "post" });
    await field(raw, model.id, "cover", "file", { extension: { predefined_list: "image" } });
    await field(raw, model.id, "seo", "seo");
    const { id } = await upload(here, "b.png", PNG);
    const text = await upload(here, "a.txt", "a");
    const create = (cover: string) =>
      client.items.create({
        item_type: ofType(model.id),
        cover: { upload_id: cover },
        seo: { image: cover },
      });
    await expect(create(text.id)).rejects.toThrow(/VALIDATION_EXTENSION/);
    const item = await create(id);
    expect(item.cover).toEqual({
      upload_id: id,
      alt: null,
      title: null,
      custom_data: {},
      focal_point: null,
      poster_time: null,
    });
    expect((await client.uploads.references(id)).map((each) => each.id)).toEqual([item.id]);
    expect((await refusal(client.uploads.destroy(id))).code).toBe("UPLOAD_IS_CURRENTLY_IN_USE");
    project.settings.contentUnknowns.uploadInUse = "strip";
    await client.uploads.destroy(id);
    expect(await client.items.find(item.id)).toMatchObject({ cover: null, seo: { image: null } });
  });

  test("has tracks without an address, which sandboxes do not take (facts 1.7, 5.2)", async () => {
    const here = contentWorld();
    const { client, inside, project } = here;
    const { id, mux_playback_id } = await upload(here, "a.mp4", "video");
    expect(mux_playback_id).toBeTypeOf("string");
    const create = (where: typeof client) =>
      where.uploadTracks.create(id, {
        type: "subtitles",
        url_or_upload_request_id: "x",
        language_code: "en",
        name: "E",
      });
    const track = await create(client);
    expect(await client.uploadTracks.list(id)).toMatchObject([{ id: track.id, language_code: "en" }]);
    project.user.fork(null, "copy", { ready: true });
    expect((await inside("copy").uploadTracks.list(id)).length).toBe(1);
    expect((await refusal(create(inside("copy")))).code).toBe(
      "IMMUTABLE_UPLOAD_TRACKS_IN_SANDBOX_ENVIRONMENT",
    );
    await client.uploadTracks.destroy(id, track.id);
    expect(await client.uploadTracks.list(id)).toEqual([]);
  });

  test("waits for its antivirus check (facts 4)", async () => {
    const here = contentWorld({ antivirusMs: 60_000 });
    const { id } = await upload(here, "a.txt", "a");
    const status = async () => (await here.client.uploads.rawFind(id)).data.meta?.antivirus?.status;
    expect(await status()).toBe("pending");
    await here.clock.advance(60_000);
    expect(await status()).toBe("clean");
  });
});

describe("the asset host", () => {
  test("alters images and SVG unless asked for the original bytes (facts 0.6, 4; case 14)", async () => {
    const here = contentWorld();
    const [image, drawing] = [await upload(here, "b.png", PNG), await upload(here, "c.svg", SVG)];
    for (const { url, md5: expected } of [image, drawing]) {
      expect(md5((await bytesAt(here, url)).bytes)).not.toBe(expected);
      expect(md5((await bytesAt(here, url + ORIGINAL)).bytes)).toBe(expected);
    }
    expect((await bytesAt(here, drawing.url)).bytes.toString()).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg"><rect width="1"/></svg>',
    );
    here.project.settings.assetDelivery = "custom-host";
    expect(md5((await bytesAt(here, image.url + ORIGINAL)).bytes)).not.toBe(image.md5);
    here.project.settings.assetDelivery = "as-stored";
    expect(md5((await bytesAt(here, image.url)).bytes)).toBe(image.md5);
  });

  test("answers parts, of the same bytes only (facts 4)", async () => {
    const here = contentWorld();
    const { url } = await upload(here, "a.txt", "0123456789");
    const whole = await bytesAt(here, url);
    const etag = whole.headers.get("etag") ?? "";
    const part = await bytesAt(here, url, { range: "bytes=4-", "if-range": etag });
    expect([part.status, part.bytes.toString(), part.headers.get("content-range")]).toEqual([
      206,
      "456789",
      "bytes 4-9/10",
    ]);
    expect((await bytesAt(here, url, { range: "bytes=4-5", "if-range": '"other"' })).status).toBe(200);
    expect((await bytesAt(here, url, { range: "bytes=10-" })).status).toBe(416);
    expect((await bytesAt(here, url, { "if-none-match": etag })).status).toBe(304);
  });

  test("serves what any environment has, old bytes for a while where an address was kept (facts 3, 4; case 15)", async () => {
    const here = contentWorld();
    const { client, clock, project } = here;
    const { id, url } = await upload(here, "a.txt", "old");
    project.user.fork(null, "copy", { ready: true });
    const path = await place(here, "b.txt", "kept");
    const kept = await client.uploads.update(id, { path }, { replace_strategy: "keep_url" });
    expect([kept.url, kept.md5]).toEqual([url, md5("kept")]);
    expect((await bytesAt(here, url)).bytes.toString()).toBe("old");
    await clock.advance(5 * 60_000);
    expect((await bytesAt(here, url)).bytes.toString()).toBe("kept");
    const moved = await client.uploads.update(id, { path: await place(here, "c.txt", "new") });
    expect(moved.url).not.toBe(url);
    expect((await bytesAt(here, moved.url)).bytes.toString()).toBe("new");
    expect((await bytesAt(here, url)).status).toBe(200);
    project.settings.contentUnknowns.oldAddress = "gone";
    expect((await bytesAt(here, url)).status).toBe(404);
    await client.uploads.destroy(id);
    project.user.destroy("copy");
    expect((await bytesAt(here, moved.url)).status).toBe(404);
  });

  test("does not serve raw videos where the site says so (facts 4; case 14)", async () => {
    const here = contentWorld();
    const { url } = await upload(here, "a.mp4", "video");
    expect((await bytesAt(here, url)).bytes.toString()).toBe("video");
    await here.client.site.updateAssetsCdnDefaultSettings({
      assets_cdn_default_settings: { image: {}, video: { disable_serving_raw_videos: true } },
    });
    expect((await bytesAt(here, url)).status).toBe(422);
  });

  test("fails as it is told to (facts 9, item 11)", async () => {
    const here = contentWorld();
    const { project, emulator } = here;
    const { url } = await upload(here, "a.txt", "0123456789");
    emulator.clearRequests();
    const faulty = (effect: Parameters<typeof project.faults.add>[0]["effect"]) => {
      project.faults.add({ operation: "assets.get", environment: "a.txt", effect });
      return bytesAt(here, url);
    };
    await expect(faulty({ kind: "drop", when: "after" })).rejects.toThrow(/fetch failed/);
    await expect(faulty({ kind: "cut-body", after: 4 })).rejects.toThrow(/terminated/);
    expect((await faulty({ kind: "wrong-bytes" })).bytes).toHaveLength(10);
    const moved = await faulty({
      kind: "status",
      status: 302,
      headers: { location: "https://elsewhere.example/" },
    });
    expect([moved.status, moved.headers.get("location")]).toEqual([302, "https://elsewhere.example/"]);
    expect((await bytesAt(here, url)).bytes.toString()).toBe("0123456789");
    expect(emulator.assetRequests.map(({ status, fault }) => [status, fault])).toEqual([
      ["dropped", "drop"],
      [200, "cut-body"],
      [200, "wrong-bytes"],
      [302, "status"],
      [200, undefined],
    ]);
  });

  test("is reached over HTTP too, and packs texts (facts 4, transfer encoding)", async () => {
    const { emulator, clock } = contentWorld();
    const [api, assets] = [await emulator.listen(), await emulator.listenAssets()];
    const { client } = callers(fetch, api.url, clock);
    const { id, url, request_headers } = await client.uploadRequest.create({ filename: "a.txt" });
    const headers = z.record(z.string(), z.string()).parse(request_headers);
    expect((await fetch(url, { method: "PUT", headers, body: "0123456789" })).status).toBe(200);
    const { path, md5: expected } = await client.uploads.create({ path: id });
    const packed = await fetch(assets.url + path);
    expect([packed.headers.get("content-encoding"), md5(await packed.text())]).toEqual(["gzip", expected]);
    emulator.project(TOKEN)?.faults.add({ operation: "assets.get", effect: { kind: "cut-body", after: 4 } });
    const cut = fetch(assets.url + path, { headers: { "accept-encoding": "identity" } });
    await expect(cut.then((answer) => answer.text())).rejects.toThrow();
    await api.close();
    await assets.close();
  });
});
