import { isSuccess } from "../transport.ts";
import type { Channel } from "./channel.ts";

/** Grows with each change that a receiver could trip over. */
const VERSION = 1;

/** A webhook of the owner's: one signed event for each notification (https://www.standardwebhooks.com). */
export const webhook: Channel<"webhook"> = {
  messagesPerRequest: "one",
  async request({ url, secret }, [notification]) {
    const { about = "backup", id, kind, sentAt, lastCopyAt, project: _, ...data } = notification;
    const body = JSON.stringify({
      version: VERSION,
      id,
      type: `${about}.${kind}`,
      timestamp: new Date(sentAt).toISOString(),
      data: { ...data, lastCopyAt: lastCopyAt === null ? null : new Date(lastCopyAt).toISOString() },
    });
    const timestamp = String(Math.floor(sentAt / 1_000));
    return {
      url,
      headers: {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${await sign(secret, `${id}.${timestamp}.${body}`)}`,
      },
      body,
    };
  },
  accepts: isSuccess,
};

/** @param secret a text, or `whsec_` and base64 */
async function sign(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const raw = secret.startsWith("whsec_") ? fromBase64(secret.slice(6)) : encoder.encode(secret);
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
