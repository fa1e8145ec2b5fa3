/** Netlify Blobs takes no longer ones; S3 and R2 take 1,024 bytes, of which the rest is for the prefix. */
const MOST_KEY_BYTES = 600;
/** File systems take 255. */
const MOST_NAME_BYTES = 240;
/** Names that Windows takes for devices, whatever follows a dot. */
export const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

const encoder = new TextEncoder();

/** Whether every store can hold this key: names of visible characters with slashes between them, none `.` or `..`. */
export function isKey(key: string): boolean {
  if (!key.isWellFormed() || /\p{Cc}/u.test(key)) return false;
  if (encoder.encode(key).byteLength > MOST_KEY_BYTES) return false;
  return key
    .split("/")
    .every((name) => !["", ".", ".."].includes(name) && fileNameOf(name).length <= MOST_NAME_BYTES);
}

/** Whether keys may begin with this. */
export function isPrefix(prefix: string): boolean {
  return isKey(`${prefix}x`);
}

/**
 * The file or folder that a part of a key becomes: readable where that is safe, and never the name of another part, a
 * hidden file, a device or a way out of the folder.
 */
export function fileNameOf(name: string): string {
  return percentEncoded(name)
    .replace(/^\./, "%2E")
    .replace(/\.$/, "%2E")
    .replace(DEVICE, (device) => `${percent(device.charAt(0))}${device.slice(1)}`);
}

/** The part of a key that a file or folder stands for; undefined where it is none of ours. */
export function nameOfFile(fileName: string): string | undefined {
  try {
    const name = decodeURIComponent(fileName);
    return fileNameOf(name) === fileName ? name : undefined;
  } catch {
    return undefined;
  }
}

/** A text as RFC 3986 has it: what `encodeURIComponent` leaves is more than S3's signature does, and than Windows takes. */
export function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** The order of keys: that of their UTF-8 bytes, which is that of their code points, and not JavaScript's own. */
export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
