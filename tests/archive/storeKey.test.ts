import { describe, expect, test } from "vitest";
import { listArchives } from "../../services/archive/archives.ts";
import { manifestKey, sealed } from "../../services/archive/manifest.ts";
import { storeKeyFrom, withSignatureChecked } from "../../services/archive/storeKey.ts";
import type { Store } from "../../services/stores/store.ts";
import { contentWorld } from "../emulator/content/support.ts";
import { value } from "../stores/conformance.ts";
import { archived, memoryStore, storedManifest, textOf } from "./support.ts";

const TEXT = "5b".repeat(32);
const KEY = storeKeyFrom(TEXT);
const OTHER = storeKeyFrom("5c".repeat(32));
const SECRET = "a-secret-header";

async function keyedArchive(storeKey = KEY) {
  const world = contentWorld();
  const { client } = world;
  await client.webhooks.create({
    name: "Hook",
    url: "https://example.com/hook",
    headers: { Authorization: SECRET },
    events: [{ entity_type: "item", event_types: ["publish"] }],
    custom_payload: null,
    http_basic_user: null,
    http_basic_password: null,
    payload_api_version: "3",
    nested_items_in_payload: false,
  });
  const store = memoryStore(world);
  const manifest = await archived(world, store, { storeKey });
  return { world, store, manifest };
}

/** Its kind, as whoever has the key reads it. */
async function kindOf(store: Store, key = KEY) {
  const [listed] = value(await listArchives(store));
  return listed && withSignatureChecked(listed, key).manifest.kind;
}

describe("with BACKUP_STORE_KEY", () => {
  test("a manifest is signed, and names the key without telling it", async () => {
    const { store, manifest } = await keyedArchive();
    expect(manifest.signature).toEqual({ keyId: KEY.id, hmac: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await storedManifest(store, manifest.id)).toEqual(manifest);
    expect(await kindOf(store)).toBe("read");
    expect(JSON.stringify(manifest)).not.toContain(TEXT);
  });

  test("a manifest whose hash somebody has made anew is found by its signature", async () => {
    const { store, manifest } = await keyedArchive();
    const { sha256: _, signature, ...content } = manifest;
    const forged = sealed({ ...content, partial: true }, () => signature ?? OTHER.signature(""));
    await store.put(manifestKey(manifest.id), new TextEncoder().encode(forged.text));
    expect(value(await listArchives(store))[0]?.manifest.kind).toBe("read");
    expect(await kindOf(store)).toBe("damaged");
  });

  test("archives of another key, and of none, are read as they are", async () => {
    const { store } = await keyedArchive();
    expect(await kindOf(store, OTHER)).toBe("read");
    const { sha256: _, signature: __, ...content } = (await keyedArchive()).manifest;
    const unsigned = sealed(content);
    await store.put(manifestKey(content.id), new TextEncoder().encode(unsigned.text));
    expect(await kindOf(store)).toBe("read");
  });

  test("secrets become keyed hashes, equal for equal secrets and one key only", async () => {
    const webhooksOf = async (key = KEY) => {
      const { store, manifest } = await keyedArchive(key);
      const text = await textOf(store, manifest, "project/webhooks.json");
      expect(text).not.toContain(SECRET);
      return /sha256:[0-9a-f]{12}/.exec(text)?.[0];
    };
    const hidden = await webhooksOf();
    expect(hidden).toBeDefined();
    expect(await webhooksOf()).toBe(hidden);
    expect(await webhooksOf(OTHER)).not.toBe(hidden);
  });

  test("base64 and hexadecimal digits of the same bytes are the same key", () => {
    expect(storeKeyFrom(Buffer.from(TEXT, "hex").toString("base64")).id).toBe(KEY.id);
    expect(OTHER.id).not.toBe(KEY.id);
  });
});
