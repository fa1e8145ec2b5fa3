import { furnitureIds } from "../../emulator/content/seeds/furnitureIds.ts";
import { nastyIds } from "../../emulator/content/seeds/nastyIds.ts";
import type { Damage } from "./damage.ts";
import { deleteUpload, editItem, editUpload, newId, publish, putBytes, resource } from "./requests.ts";

const { uploads } = nastyIds;
const { collections, cover } = furnitureIds;

/** Uploads and the collections that they lie in. */
export const uploadDamages = {
  twinsDeleted: {
    cases: [15],
    does: "deletes two uploads with the same bytes",
    inflict: async (editor) => {
      for (const id of uploads.twins) await deleteUpload(editor, id);
    },
  },
  usedUploadDeleted: {
    cases: [16],
    does: "takes an upload out of a record, publishes that and deletes the upload",
    inflict: async (editor) => {
      await editItem(editor, nastyIds.urls, { files: [] });
      await publish(editor, nastyIds.urls);
      await deleteUpload(editor, uploads.unicode);
    },
  },
  emptyUploadDeleted: {
    cases: [14],
    does: "deletes an upload without bytes and one with scripts",
    inflict: async (editor) => {
      await editItem(editor, nastyIds.values, { files: [] });
      await deleteUpload(editor, uploads.empty);
      await deleteUpload(editor, uploads.drawing);
    },
  },
  bytesReplaced: {
    cases: [15],
    does: "replaces the bytes of an upload under a new address",
    inflict: async (editor) =>
      editUpload(editor, cover, { path: await putBytes(editor, "other.txt", "other bytes") }),
  },
  bytesReplacedInPlace: {
    cases: [15],
    does: "replaces the bytes of an upload under its address",
    inflict: async (editor) => {
      const path = await putBytes(editor, "other.txt", "other bytes");
      await editUpload(editor, `${cover}?replace_strategy=keep_url`, { path });
    },
  },
  metadataEdited: {
    cases: [11],
    does: "edits name, tags, notes and metadata of uploads",
    inflict: async (editor) => {
      await editUpload(editor, cover, { basename: "renamed", tags: ["web"], author: null, notes: "Edited" });
      await editUpload(editor, uploads.image, {
        default_field_metadata: { alt: { en: "Edited" }, custom_data: { en: {} }, focal_point: null },
      });
    },
  },
  uploadMoved: {
    cases: [],
    does: "moves an upload to another collection",
    inflict: (editor) => editUpload(editor, cover, {}, collections[2]),
  },
  innerCollectionDeleted: {
    cases: [],
    does: "deletes the collection that an upload lies in",
    inflict: (editor) => editor.call("DELETE", `/upload-collections/${collections[1]}`),
  },
  outerCollectionDeleted: {
    cases: [],
    does: "deletes a collection that holds another one",
    inflict: (editor) => editor.call("DELETE", `/upload-collections/${collections[0]}`),
  },
  collectionsEdited: {
    cases: [],
    does: "renames a collection and puts it before another one",
    inflict: (editor) =>
      editor.call(
        "PUT",
        `/upload-collections/${collections[2]}`,
        resource("upload_collection", collections[2], { label: "Renamed", position: 1 }),
      ),
  },
  uploadCreated: {
    cases: [],
    does: "creates a collection and an upload in it",
    inflict: async (editor) => {
      const collection = newId("collection");
      const label = { label: "New" };
      await editor.call("POST", "/upload-collections", resource("upload_collection", collection, label));
      const path = await putBytes(editor, "new.txt", "new bytes");
      const where = { upload_collection: ["upload_collection", collection] } as const;
      await editor.call("POST", "/uploads", resource("upload", newId("upload"), { path }, where));
    },
  },
} as const satisfies Readonly<Record<string, Damage>>;
