import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../../utils/json.ts";
import type { Resource } from "../../sources/datocms/resource.ts";

/** Puts something else in the place of a secret. */
export type Redact = (value: Json) => Json;

/** Members that hold secrets, or may, by the resource's type. Whole members: a look at them cannot tell. */
const SECRET_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  plugin: ["parameters"],
  webhook: ["headers", "http_basic_user", "http_basic_password"],
  build_trigger: ["adapter_settings", "webhook_url", "webhook_token"],
  access_token: ["token"],
  site: ["google_maps_api_token"],
};

/** A resource without its secrets. */
export function redacted(resource: Resource, redact: Redact): Resource {
  const members = SECRET_MEMBERS[resource.type] ?? [];
  const hidden = Object.entries(resource.attributes).map(([member, value]): [string, Json] => {
    if (members.includes(member)) return [member, isEmpty(value) ? value : redact(value)];
    if (resource.type === "webhook" && member === "url") return [member, withoutCredentials(value, redact)];
    return [member, value];
  });
  return { ...resource, attributes: Object.fromEntries(hidden) };
}

/**
 * Without a key nothing is said of a secret; with one, whether it is still the same.
 *
 * @param hmac HMAC-SHA-256 of a text by the store's key, in lower-case hex
 */
export function redaction(hmac: ((text: string) => string) | undefined): Redact {
  if (hmac === undefined) return () => ({ $redacted: true });
  return (value) => ({ $redacted: `sha256:${hmac(canonicalJson(value)).slice(0, 12)}` });
}

function isEmpty(value: Json): boolean {
  return value === null || value === "" || (isJsonObject(value) && Object.keys(value).length === 0);
}

/** An address may carry user, password and a token in its query. */
function withoutCredentials(value: Json, redact: Redact): Json {
  if (typeof value !== "string" || value === "") return value;
  if (!URL.canParse(value)) return redact(value);
  const url = new URL(value);
  const { username, password, search, hash } = url;
  if (!username && !password && !search && !hash) return value;
  const secret: JsonObject = { username, password, search, hash };
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  return { url: url.href, credentials: redact(secret) };
}
