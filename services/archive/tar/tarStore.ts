import { failed, succeeded } from "../../../utils/failures.ts";
import { streamOf } from "../../stores/body.ts";
import { accessDenied } from "../../stores/failures.ts";
import { guarded } from "../../stores/guarded.ts";
import { sha256Of } from "../../stores/hashing.ts";
import { compareKeys } from "../../stores/keys.ts";
import type { Store } from "../../stores/store.ts";
import { manifestKey } from "../manifest.ts";
import { type CheckedTar, piecesOf } from "./check.ts";
import type { TarFile, TarMember } from "./read.ts";

const READ_ONLY = accessDenied("read-only");

/** A tar as the store that it was packed from, to be looked at as any other. */
export function tarStore(tar: TarFile, { manifest, text, files, assets }: CheckedTar, now: number): Store {
  const members = new Map<string, TarMember>([
    ...files.map(({ file, member }) => [file.object, member] as const),
    ...[...assets].map(([key, { member }]) => [key, member] as const),
  ]);
  const manifestAt = manifestKey(manifest.id);
  const sizes = new Map([...members].map(([key, { size }]) => [key, size]));
  sizes.set(manifestAt, text.byteLength);
  const factsOf = (size: number) => ({ size, modifiedAt: now, readAt: now });
  const within = ({ at, size }: TarMember, first: number, last: number): TarMember => {
    const end = Math.min(size, last + 1);
    return { at: at + Math.min(first, end), size: Math.max(0, end - first) };
  };

  return guarded({
    name: "tar",
    put: async () => failed(READ_ONLY),
    delete: async () => failed(READ_ONLY),

    async get(key) {
      const member = members.get(key);
      const bytes = key === manifestAt ? text : member && (await tar.read(member.at, member.size));
      return succeeded(bytes && { ...factsOf(bytes.byteLength), bytes, etag: sha256Of(bytes) });
    },

    async stream(key, { first, last = Number.POSITIVE_INFINITY } = { first: 0 }) {
      const member = members.get(key);
      if (member === undefined) return succeeded(undefined);
      const part = within(member, first, last);
      return succeeded({ size: part.size, body: streamOf(piecesOf(tar, part)) });
    },

    async head(key) {
      const size = sizes.get(key);
      return succeeded(size === undefined ? undefined : factsOf(size));
    },

    async list({ prefix = "", cursor, limit = 1 }) {
      const keys = [...sizes.keys()]
        .filter((key) => key.startsWith(prefix) && (cursor === undefined || compareKeys(key, cursor) > 0))
        .sort(compareKeys);
      const objects = keys.slice(0, limit).map((key) => ({ key, ...factsOf(sizes.get(key) ?? 0) }));
      return succeeded({ objects, cursor: keys.length > limit ? objects.at(-1)?.key : undefined });
    },
  });
}
