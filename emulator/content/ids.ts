import { createHash } from "node:crypto";
import { remembering } from "../../utils/remembering.ts";

/** 22 characters: a version 4 UUID in URL-safe base64 (facts 5.1). */
const TODAYS_ID = /^[A-Za-z0-9_-]{22}$/;

/**
 * An id as DatoCMS makes them today, from a text: the same text gives the same id. Every project that is made of the
 * same seed has the same ones.
 */
export const idFrom = remembering(5_000, (text: string): string => {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("base64url");
});

/**
 * @returns makes the ids of many things of one kind, which costs a tenth of `idFrom`; two numbers never give the same
 */
export function idsOf(kind: string): (number: number) => string {
  const base = Buffer.from(idFrom(kind), "base64url");
  const first = base.readUInt32BE(0);
  return (number) => {
    const bytes = Buffer.from(base);
    bytes.writeUInt32BE((mixed(number) ^ first) >>> 0, 0);
    return bytes.toString("base64url");
  };
}

/** Spreads numbers over 32 bits, each to a place of its own. */
function mixed(number: number): number {
  let bits = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}

/** @returns whether a client may send this id: it is the base64 form of a version 4 UUID */
export function isTodaysId(id: string): boolean {
  if (!TODAYS_ID.test(id)) return false;
  const bytes = Buffer.from(id, "base64url");
  return bytes.toString("base64url") === id && (bytes[6] ?? 0) >> 4 === 4 && (bytes[8] ?? 0) >> 6 === 2;
}

/** @returns whether this is an id of a project from before 2023 */
export function isLegacyId(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}
