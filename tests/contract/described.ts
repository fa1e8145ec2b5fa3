import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import * as z from "zod";
import type { Answered } from "./evidence.ts";

/** Holds answers against the document that the repository keeps, and knows nothing of what made it. */

const Reference = z.object({ $ref: z.string() });
const Operation = z.object({ responses: z.record(z.string(), Reference) });

const Document = z.object({
  paths: z.record(z.string(), z.partialRecord(z.enum(["get", "post", "put", "patch", "delete"]), Operation)),
  components: z.object({
    responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.unknown()) })),
  }),
});

const SOURCE: Record<string, unknown> = JSON.parse(
  readFileSync(new URL("../../openapi.json", import.meta.url), "utf8"),
);
export const DOCUMENT = Document.parse(SOURCE);

const ID = "openapi.json";
const schemas = new Ajv2020({ strictTypes: false });
addFormats.default(schemas);
// It looks at the whole document on its way to a schema; any other word that it does not know is a mistake.
schemas.addVocabulary(Object.keys(SOURCE));
schemas.addSchema(SOURCE, ID);

const PROBES = ["/healthz", "/readyz"];
const PREFIX = "#/components/responses/";

/** Those of any address and any method, which stand at no operation. */
const ANYWHERE = {
  401: "Unauthorized",
  403: "CrossSite",
  421: "UnknownHost",
  429: "RateLimited",
  500: "ServiceFailed",
};
const NO_SUCH_ADDRESS: Readonly<Record<string, string>> = { ...ANYWHERE, 404: "NotFound" };
const NO_SUCH_METHOD: Readonly<Record<string, string>> = { ...ANYWHERE, 405: "MethodNotAllowed" };

/** What the document promises for each status of a call; undefined where it is none of its calls. */
function promised(method: string, path: string): Readonly<Record<string, string>> {
  const found = Object.entries(DOCUMENT.paths).find(([template]) => fits(path, template));
  if (found === undefined) return NO_SUCH_ADDRESS;
  const [template, item] = found;
  const operation = Object.entries(item).find(([name]) => name.toUpperCase() === method)?.[1];
  // Mounted for GET alone, so that another method is an address that is not there.
  if (operation === undefined) return PROBES.includes(template) ? NO_SUCH_ADDRESS : NO_SUCH_METHOD;
  return Object.fromEntries(
    Object.entries(operation.responses).map(([status, { $ref }]) => [status, $ref.slice(PREFIX.length)]),
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fits(path: string, template: string): boolean {
  const pieces = template.split("/");
  const given = path.replace(/(?<=.)\/$/, "").split("/");
  return (
    pieces.length === given.length && pieces.every((piece, index) => fitsPart(given[index] ?? "", piece))
  );
}

function fitsPart(given: string, piece: string): boolean {
  // What begins otherwise is no id of long work, and so another address.
  if (piece === "{jobId}") return given.startsWith("job_");
  return /^\{.*\}$/.test(piece) ? given !== "" : piece === given;
}

/** What is wrong with an answer by the document: nothing, where it is as promised. */
export function complaintsAbout({ method, path, status, headers, body }: Answered): string[] {
  const call = `${method} ${path} → ${status}`;
  if (method === "OPTIONS" || method === "HEAD")
    return body === "" ? [] : [`${call}: a body where there must be none`];
  const name = promised(method, path)[status];
  if (name === undefined) return [`${call}: not in the document`];
  const content = DOCUMENT.components.responses[name]?.content ?? {};
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  if (!(type in content)) return [`${call}: ${type || "no content type"}, which ${name} is not`];
  if (type !== "application/json") return [];
  const pointer = `${PREFIX}${name}/content/application~1json/schema`;
  const value = jsonIn(body);
  if (value === undefined) return [`${call}: no JSON`];
  return mismatches(pointer, value).map((mismatch) => `${call}: ${mismatch} (${name})`);
}

/** Where a value is not as a schema of the document has it. */
export function mismatches(pointer: string, value: unknown): string[] {
  const validate = schemas.getSchema(`${ID}${pointer}`);
  if (validate === undefined) throw new Error(`The document has no ${pointer}.`);
  return validate(value) === true ? [] : (validate.errors ?? []).map(toldOf);
}

function toldOf({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || "/"} ${message} ${JSON.stringify(params)}`;
}
