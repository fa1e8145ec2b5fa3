import { limitedText, TooLarge } from "../utils/limitedText.ts";
import type { RequestContext } from "./requestContext.ts";
import { ServiceError } from "./serviceError.ts";

/** The longest honest body has a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads the request's body as a JSON object.
 *
 * @throws ServiceError 413, 415 or 400 `INVALID_BODY`, 400 `INVALID_JSON`
 */
export async function jsonBody(context: RequestContext): Promise<JsonObject> {
  return parseObject(await bodyText(context));
}

/** The same for calls that need no body: undefined where it is blank. */
export async function optionalJsonBody(context: RequestContext): Promise<JsonObject | undefined> {
  const text = await bodyText(context);
  return text.trim() === "" ? undefined : parseObject(text);
}

/** The headers say that the body is JSON; no page of another site can say so without a preflight. */
export function isJson(headers: Headers): boolean {
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  return /^application\/(?:[\w.-]+\+)?json$/i.test(type.trim());
}

async function bodyText(context: RequestContext): Promise<string> {
  const text = await textIn(context);
  if (context.var.access.kind === "open" && text.trim() !== "" && !isJson(context.req.raw.headers))
    throw new ServiceError(
      "INVALID_BODY",
      415,
      "Without a shared secret the request's body must be sent as application/json.",
      { expected: "Content-Type: application/json" },
    );
  return text;
}

async function textIn(context: RequestContext): Promise<string> {
  const { body, headers } = context.req.raw;
  if (Number(headers.get("content-length") ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  if (body === null) return "";
  try {
    return await limitedText(body, MAX_BODY_BYTES);
  } catch (error) {
    if (error instanceof TooLarge) throw tooLarge();
    throw new ServiceError("INVALID_BODY", 400, "The request's body could not be read to its end.");
  }
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ServiceError("INVALID_JSON", 400, "Request body is not valid JSON");
  }
  if (isObject(value)) return value;
  const received = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  throw new ServiceError("INVALID_BODY", 400, "The request's body must be a JSON object.", {
    expected: "object",
    received,
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function tooLarge(): ServiceError {
  return new ServiceError("INVALID_BODY", 413, "The request's body is larger than 64 KiB.", {
    expected: `at most ${MAX_BODY_BYTES} bytes`,
  });
}
