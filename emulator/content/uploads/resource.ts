import type { Settings } from "../../state.ts";
import { toOne } from "../entity.ts";
import { filenameOf } from "./names.ts";
import type { Upload, UploadTrack } from "./upload.ts";

/** Host of the assets, as `site.imgix_host` tells it. */
export const ASSETS_HOST = "www.datocms-assets.com";

/** @returns the JSON:API resource (facts 1.7) */
export function uploadResource(upload: Upload, now: number, { antivirusMs }: Settings): object {
  const { file, path, basename, format, author, notes, copyright, tags } = upload;
  const isPending = now < Date.parse(upload.createdAt) + antivirusMs;
  const status = isPending && upload.antivirus === "clean" ? "pending" : upload.antivirus;
  return {
    id: upload.id,
    type: "upload",
    attributes: {
      size: file.size,
      width: file.width,
      height: file.height,
      path,
      basename,
      filename: filenameOf(upload),
      url: `https://${ASSETS_HOST}${path}`,
      format,
      author,
      notes,
      copyright,
      md5: file.md5,
      default_field_metadata: upload.metadata,
      is_image: file.mimeType.startsWith("image/"),
      created_at: upload.createdAt,
      updated_at: upload.updatedAt,
      mime_type: file.mimeType,
      tags,
      smart_tags: [],
      exif_info: {},
      colors: [],
      duration: null,
      frame_rate: null,
      blurhash: null,
      thumbhash: null,
      mux_playback_id: upload.muxPlaybackId,
      mux_mp4_highest_res: upload.muxPlaybackId === null ? null : "high",
    },
    relationships: {
      creator: { data: upload.creator },
      upload_collection: toOne("upload_collection", upload.collectionId),
    },
    meta: {
      antivirus: { status, checked_at: status === "clean" ? upload.updatedAt : null, threat_name: null },
    },
  };
}

/** @returns the JSON:API resource; it has no address of the file (facts 1.7) */
export function trackResource({ id, uploadId, attributes }: UploadTrack): object {
  return { id, type: "upload_track", attributes, relationships: { upload: toOne("upload", uploadId) } };
}
