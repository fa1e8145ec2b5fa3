import type { TarFile } from "../../services/archiveService.ts";
import type { Offsite } from "../../services/offsite.ts";
import type { OffsiteHandlers } from "../offsite.ts";
import type { RequestContext } from "../requestContext.ts";
import { ServiceError } from "../serviceError.ts";
import { archiveAnswer } from "./archiveAnswer.ts";
import { orRefuse } from "./archives.ts";
import { opened } from "./opened.ts";

/** A body that is to be spooled. */
export interface LongBody {
  /** In bytes, as its sender says; undefined where it does not. */
  readonly length: number | undefined;
  /** Called once, where there is room: from then on the sender sends. */
  open(): ReadableStream<Uint8Array>;
}

/** What has become of a body. */
export type Spooled =
  | { readonly kind: "whole"; readonly tar: TarFile; close(): Promise<void> }
  /** Its sender has gone, brought nothing for long, or brings too little. */
  | { readonly kind: "cut" | "stalled" }
  | { readonly kind: "too large"; readonly most: number }
  /** The disk has not got it, or not for this. */
  | { readonly kind: "no room" | "unusable" };

/** Keeps a body on a disk for as long as it is looked at. */
export interface TarSpool {
  /** Nothing of a body stays that did not become whole, and nothing of any once it is closed, or the process killed. */
  take(body: LongBody): Promise<Spooled>;
}

/** The route that takes archives in. One at a time: each takes its size of the disk. */
export function uploadHandlers(offsite: Offsite, spool: TarSpool): Pick<OffsiteHandlers, "uploadArchive"> {
  let isTaken = false;

  async function take(context: RequestContext): Promise<Response> {
    // A store that cannot be had is told before anybody sends for an hour.
    const { archives } = await opened(offsite);
    const spooled = wholeOf(await spool.take(bodyOf(context)));
    try {
      const uploaded = await archives.upload(spooled.tar, () => {});
      if (!uploaded.ok && uploaded.failure.cause === "ARCHIVE_TAR_REFUSED")
        throw new ServiceError("INVALID_BODY", 400, uploaded.failure.sentence, { expected: TAR });
      const archive = archiveAnswer(orRefuse(uploaded));
      return context.json({ ok: !archive.partial, archive }, 201);
    } finally {
      await spooled.close();
    }
  }

  return {
    async uploadArchive(context) {
      checkType(context.req.raw.headers);
      if (isTaken)
        throw new ServiceError(
          "ARCHIVE_REFUSED",
          409,
          "Another archive is being uploaded. Send this one once that is over.",
          { cause: "UPLOAD_UNDER_WAY" },
        );
      isTaken = true;
      try {
        return await take(context);
      } finally {
        isTaken = false;
      }
    },
  };
}

const TAR = "a tar as GET /api/archives/:archiveId/download answers it";
const TYPES = ["application/x-tar", "application/octet-stream"];

/** @throws ServiceError 415 `INVALID_BODY` for what says that it is something else than a file */
function checkType(headers: Headers): void {
  const [type = ""] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  if (type.trim() === "" || TYPES.includes(type.trim())) return;
  throw new ServiceError("INVALID_BODY", 415, "The request's body must be sent as application/x-tar.", {
    expected: `Content-Type: ${TYPES.join(" or ")}`,
  });
}

function bodyOf({ env, req: { raw } }: RequestContext): LongBody {
  const length = raw.headers.get("content-length");
  return {
    length: length === null ? undefined : Number(length),
    open() {
      env.awaitBody?.();
      return raw.body ?? new Blob().stream();
    },
  };
}

/** @throws ServiceError 400 or 413 `INVALID_BODY`, or 500 where the disk cannot be used */
function wholeOf(spooled: Spooled): Extract<Spooled, { kind: "whole" }> {
  switch (spooled.kind) {
    case "whole":
      return spooled;
    case "cut":
      throw new ServiceError("INVALID_BODY", 400, "The request's body could not be read to its end.", {
        expected: TAR,
      });
    case "stalled":
      throw new ServiceError("INVALID_BODY", 400, "The request's body came too slowly, or stood still.", {
        expected: TAR,
      });
    case "too large":
      throw new ServiceError("INVALID_BODY", 413, "The request's body is too large.", {
        expected: `at most ${spooled.most} bytes`,
      });
    case "no room":
      throw new ServiceError(
        "INVALID_BODY",
        413,
        "The server's folder for temporary files has no room for the archive. TMPDIR names another folder.",
        { expected: "a body that fits on the disk" },
      );
    case "unusable":
      throw new ServiceError(
        "INTERNAL_SERVER_ERROR",
        500,
        "The server's folder for temporary files cannot be used. TMPDIR names another folder.",
        { cause: "TEMPORARY_FOLDER_UNUSABLE" },
      );
  }
}
