import type { Ref } from "../entity.ts";

/** What lies behind an upload. Its bytes may be made when somebody asks for them. */
export type StoredFile = {
  readonly size: number;
  readonly md5: string;
  readonly mimeType: string;
  readonly width: number | null;
  readonly height: number | null;
  bytes(): Uint8Array;
};

/** Alternative text and the like: by member of the metadata, or by locale in older projects (facts 1.7). */
export type FieldMetadata = Readonly<Record<string, unknown>>;

export type Upload = {
  readonly id: string;
  /** `/<project>/<seconds>-<name>.<extension>`; the address follows from it. */
  readonly path: string;
  readonly basename: string;
  readonly format: string | null;
  readonly file: StoredFile;
  /** ISO dates that end in Z. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly author: string | null;
  readonly notes: string | null;
  readonly copyright: string | null;
  readonly tags: readonly string[];
  readonly metadata: FieldMetadata;
  readonly creator: Ref | null;
  readonly collectionId: string | null;
  readonly muxPlaybackId: string | null;
  readonly antivirus: "pending" | "clean" | "infected" | "failed" | "skipped";
};

export type UploadTrack = {
  readonly id: string;
  readonly uploadId: string;
  readonly attributes: {
    readonly type: "subtitles" | "audio";
    readonly name: string;
    readonly language_code: string;
    readonly closed_captions: boolean;
    readonly status: "ready";
    readonly error: null;
  };
};
