import { getCookie, setCookie } from "hono/cookie";
import { type Bearer, type KnownSecret, knownSecrets } from "../../utils/auth.ts";
import { bytesOfHex, hexOf } from "../../utils/hex.ts";
import type { RequestContext } from "../requestContext.ts";

/** Somebody who has signed in. */
export interface Session {
  readonly bearer: Bearer;
  /** When the secret was typed in, ms since the epoch. */
  readonly since: number;
}

const HOUR_MS = 60 * 60 * 1_000;
const LASTS_MS = 12 * HOUR_MS;
/** For deeds that destroy. */
const FRESH_MS = 10 * 60 * 1_000;
/** Instances of a host have clocks of their own. */
const AHEAD_MS = 60 * 1_000;

const COOKIE = "datocms-backups";

const utf8 = new TextEncoder();

/** Whether the secret was typed in so lately that a deed need not ask for it again. */
export function isFresh({ since }: Session, now: number): boolean {
  return now - since < FRESH_MS;
}

/**
 * Lets a browser keep a session for twelve hours. The cookie holds the time and something random, signed with a key that is
 * derived from the secret: nothing is stored here, and a changed secret ends the session.
 */
export async function begin(context: RequestContext, known: KnownSecret): Promise<void> {
  const text = `${context.env.clock.now().toString(36)}.${crypto.randomUUID()}`;
  const signature = await crypto.subtle.sign("HMAC", await keyOf(known), utf8.encode(text));
  const value = `${text}.${hexOf(new Uint8Array(signature))}`;
  write(context, value, LASTS_MS);
}

/** Takes the session away from this browser. */
export function end(context: RequestContext): void {
  write(context, "", 0);
}

/** The session of a request; undefined where there is none, or it is over. */
export async function sessionOf(context: RequestContext): Promise<Session | undefined> {
  const { access } = context.var;
  const now = context.env.clock.now();
  const cookies = [getCookie(context, COOKIE, "host"), getCookie(context, COOKIE)];
  for (const value of cookies) {
    const [, text, time, signature] =
      /^(([\da-z]{1,10})\.[\da-f-]{36})\.([\da-f]{64})$/.exec(value ?? "") ?? [];
    if (text === undefined || time === undefined || signature === undefined) continue;
    const since = Number.parseInt(time, 36);
    if (since > now + AHEAD_MS || now - since >= LASTS_MS) continue;
    for (const known of knownSecrets(access))
      if (await crypto.subtle.verify("HMAC", await keyOf(known), bytesOfHex(signature), utf8.encode(text)))
        return { bearer: known[0], since };
  }
  return undefined;
}

/** `__Host-` and `Secure` over HTTPS; browsers would not keep such a cookie of a plain address. */
function write(context: RequestContext, value: string, lastsMs: number): void {
  const always = { httpOnly: true, sameSite: "Strict", path: "/", maxAge: lastsMs / 1_000 } as const;
  if (isEncrypted(context)) setCookie(context, COOKIE, value, { ...always, prefix: "host", secure: true });
  else setCookie(context, COOKIE, value, always);
}

/** The browser says how it sees the address: a proxy before the server may have taken the encryption off. */
export function isEncrypted({ req }: RequestContext): boolean {
  return [req.header("origin"), req.url].some((address) => address?.startsWith("https:") === true);
}

async function keyOf([bearer, secret]: KnownSecret): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8.encode(secret), "HKDF", false, ["deriveKey"]);
  const info = utf8.encode(`datocms-backups page session of ${bearer}`);
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    material,
    { name: "HMAC", hash: "SHA-256", length: 256 },
    false,
    ["sign", "verify"],
  );
}
