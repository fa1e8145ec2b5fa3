import * as z from "zod";
import { ok, type Reply } from "../../call.ts";
import { Refusal } from "../../errors.ts";
import { type ContentCall, editOf, found, inJob } from "../edit.ts";
import { limitOf, pageOf, rowsOf } from "../paging.ts";
import { assertRoom } from "../quotas.ts";
import { readBody } from "../readBody.ts";
import { uploadUsersOf } from "../records/indexes.ts";
import { rowResource, versionOf, viewOf } from "../records/list.ts";
import { rowOf } from "../records/rows.ts";
import { mayReadUploads } from "../sight.ts";
import { uploadsFor } from "./list.ts";
import { trackResource, uploadResource } from "./resource.ts";
import type { Upload } from "./upload.ts";
import { createUpload, destroyUpload, type UploadChange, updateUpload } from "./write.ts";

const requestBody = z.object({ data: z.object({ attributes: z.object({ filename: z.string().min(1) }) }) });

/** `POST /upload-requests`: an address for the bytes, and the headers to send there (facts 5.2, row 9). */
export function postRequest({ state, body }: ContentCall): Reply {
  const { filename } = readBody(requestBody, body).data.attributes;
  const { path, token } = state.storage.request(filename, state.clock.now());
  const attributes = {
    url: `${state.addresses.storage}${path}`,
    request_headers: { "x-upload-token": token },
  };
  return { status: 201, document: { data: { id: path, type: "upload_request", attributes } } };
}

const text = z.string().nullable().optional();
const ref = z.object({ data: z.object({ id: z.string(), type: z.string() }) }).optional();
const uploadBody = z.object({
  data: z.object({
    id: z.string().optional(),
    attributes: z
      .object({
        path: z.string().optional(),
        basename: z.string().optional(),
        author: text,
        notes: text,
        copyright: text,
        tags: z.array(z.string()).optional(),
        default_field_metadata: z.record(z.string(), z.unknown()).optional(),
      })
      .default({}),
    relationships: z
      .object({
        creator: ref,
        upload_collection: z.object({ data: z.object({ id: z.string() }).nullable() }).optional(),
      })
      .default({}),
  }),
});

/** `GET /uploads` */
export function listUploads(call: ContentCall): Reply {
  const uploads = mayReadUploads(call) ? uploadsFor(call) : [];
  return pageOf(call, rowsOf(uploads), limitOf(call), (id) =>
    resource(call, found(call.content.uploads.get(id))),
  );
}

/** `GET /uploads/:id` */
export function findUpload(call: ContentCall): Reply {
  return ok({ data: resource(call, visible(call)) });
}

/** `POST /uploads`: a job whose result says 201. */
export function postUpload(call: ContentCall): Reply {
  const { data } = readBody(uploadBody, call.body);
  assertRoom(call, "uploadable_bytes", call.state.storage.taken(data.attributes.path ?? "").size);
  const upload = createUpload(editOf(call), call.state.storage, data.id, changeIn(data));
  return inJob(call, { data: resource(call, upload) }, 201);
}

/** `PUT /uploads/:id`: a job. */
export function putUpload(call: ContentCall): Reply {
  const { id } = visible(call);
  const change = changeIn(readBody(uploadBody, call.body).data);
  const keepUrl = call.query.get("replace_strategy") === "keep_url";
  return inJob(call, {
    data: resource(call, updateUpload(editOf(call), call.state.storage, id, change, { keepUrl })),
  });
}

/** `DELETE /uploads/:id` */
export function deleteUpload(call: ContentCall): Reply {
  const data = resource(call, visible(call));
  destroyUpload(editOf(call), call.id);
  return ok({ data });
}

/** `GET /uploads/:id/references` */
export function listUploadReferences(call: ContentCall): Reply {
  const { content } = call;
  const view = viewOf(call);
  const version = versionOf(call);
  const rows = uploadUsersOf(content, visible(call).id).flatMap(
    (id) => rowOf(content.items.get(id), version) ?? [],
  );
  return ok({ data: rows.map((row) => rowResource(view, row)) });
}

const trackBody = z.object({
  data: z.object({
    attributes: z.object({
      type: z.enum(["subtitles", "audio"]),
      name: z.string().nullish(),
      language_code: z.string(),
      closed_captions: z.boolean().nullish(),
    }),
  }),
});

/** `GET /uploads/:id/tracks` */
export function listTracks(call: ContentCall): Reply {
  return ok({ data: call.content.tracks.rowsOf(visible(call).id).map(trackResource) });
}

/** `POST /uploads/:id/tracks`: a job; sandboxes take none (facts 5.2, row 9). */
export function postTrack(call: ContentCall): Reply {
  const upload = visible(call);
  assertTracksMutable(call);
  if (!upload.file.mimeType.startsWith("video/")) throw new Refusal("NOT_A_VIDEO");
  const { type, name, language_code, closed_captions } = readBody(trackBody, call.body).data.attributes;
  const track = {
    id: editOf(call).mint.id(),
    uploadId: upload.id,
    attributes: {
      type,
      name: name ?? language_code,
      language_code,
      closed_captions: closed_captions ?? false,
      status: "ready" as const,
      error: null,
    },
  };
  call.content.tracks.set(track);
  return inJob(call, { data: trackResource(track) }, 201);
}

/** `DELETE /uploads/:id/tracks/:id`: a job. */
export function deleteTrack(call: ContentCall): Reply {
  assertTracksMutable(call);
  const track = found(call.content.tracks.get(call.subId));
  call.content.tracks.delete(track.id);
  return inJob(call, { data: trackResource(track) });
}

function assertTracksMutable({ environment }: ContentCall): void {
  if (!environment.primary) throw new Refusal("IMMUTABLE_UPLOAD_TRACKS_IN_SANDBOX_ENVIRONMENT");
}

const bulkBody = z.object({
  data: z.object({
    attributes: z
      .object({ tags: z.array(z.string()) })
      .partial()
      .optional(),
    relationships: z.object({
      uploads: z.object({
        data: z
          .array(z.object({ id: z.string() }))
          .min(1)
          .max(200),
      }),
      upload_collection: z.object({ data: z.object({ id: z.string() }).nullable() }).optional(),
    }),
  }),
});

/** `POST /uploads/bulk/tag` */
export function bulkTag(call: ContentCall): Reply {
  return each(call, ({ attributes = {} }, { tags }) => ({ tags: [...tags, ...(attributes.tags ?? [])] }));
}

/** `POST /uploads/bulk/set-upload-collection` */
export function bulkSetCollection(call: ContentCall): Reply {
  return each(call, ({ relationships }) => ({
    collectionId: relationships.upload_collection?.data?.id ?? null,
  }));
}

/** `POST /uploads/bulk/destroy` */
export function bulkDestroyUploads(call: ContentCall): Reply {
  return each(call, () => null);
}

/** @param change what each upload becomes; null: it goes */
function each(
  call: ContentCall,
  change: (data: z.infer<typeof bulkBody>["data"], upload: Upload) => UploadChange | null,
): Reply {
  const { data } = readBody(bulkBody, call.body);
  const edit = editOf(call);
  const ids = data.relationships.uploads.data.map(({ id }) => id);
  let successful = 0;
  for (const id of ids) {
    try {
      call.content.atomically(() => {
        const wanted = change(data, found(call.content.uploads.get(id)));
        if (wanted === null) destroyUpload(edit, id);
        else updateUpload(edit, call.state.storage, id, wanted, { keepUrl: false });
      });
      successful++;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return inJob(call, { data: [], meta: { successful, failed: ids.length - successful } });
}

function changeIn({ attributes, relationships }: z.infer<typeof uploadBody>["data"]): UploadChange {
  const { default_field_metadata: metadata, ...others } = attributes;
  const { creator, upload_collection } = relationships;
  return {
    ...others,
    metadata,
    creator: creator?.data,
    collectionId: upload_collection && (upload_collection.data?.id ?? null),
  };
}

function resource({ state }: ContentCall, upload: Upload): object {
  return uploadResource(upload, state.clock.now(), state.settings);
}

function visible(call: ContentCall): Upload {
  if (!mayReadUploads(call)) throw new Refusal("NOT_FOUND");
  return found(call.content.uploads.get(call.id));
}
