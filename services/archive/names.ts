import { DEVICE } from "../stores/keys.ts";

/** What is a path's, a shell's or a terminal's, or is not seen; Windows takes none of it. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"/\\|?*]/gu;
/** File systems take 255 bytes; the rest is for what people put before it. */
const MOST_NAME_BYTES = 150;
const MOST_EXTENSION_BYTES = 20;

/** A name that no system takes for a device. API keys begin with a letter, so it is none of theirs. */
export function withoutDevice(name: string): string {
  return DEVICE.test(name) ? `_${name}` : name;
}

/**
 * The name that an upload's file gets where an archive is unpacked: its own, without what leads out of a folder, hides a
 * file, or cannot be the name of one on every system.
 */
export function safeFileName(name: string): string {
  const visible = name.normalize("NFC").replace(UNSAFE, "_").trim();
  const plain = shortened(withoutDevice(visible.replace(/^\./, "_"))).replace(/[. ]+$/, "");
  return plain === "" ? "file" : plain;
}

/** Cut in the middle of the name, so that the extension stays. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MOST_NAME_BYTES) return name;
  const extension = /\.[^.]*$/.exec(name)?.[0] ?? "";
  const kept = Buffer.byteLength(extension) <= MOST_EXTENSION_BYTES ? extension : "";
  let begin = "";
  for (const character of name.slice(0, name.length - kept.length)) {
    if (Buffer.byteLength(begin + character + kept) > MOST_NAME_BYTES) break;
    begin += character;
  }
  return `${begin}${kept}`;
}
