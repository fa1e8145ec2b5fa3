import { type Auth, ROUTES } from "../handlers/routes.ts";
import {
  type Answer,
  type Docs,
  type Operation,
  PARAMETERS,
  type RequestBody,
  TAGS,
} from "../handlers/schemas/docs.ts";
import { DOOR, NO_ROUTE } from "../handlers/schemas/failures.ts";
import { VERSION } from "../utils/version.ts";
import { jsonSchemas, readDocs, referenceTo } from "./components.ts";

const DESCRIPTION =
  "Backs up a DatoCMS project into dated sandbox environments. Where a secret is set, every call needs it but /healthz, /readyz and CORS preflights. Where none is set, pages of other sites may make the plugin's calls only. An unknown address answers 404 and another method 405, both after 401.";

const BY_SECRET = [{ secret: [] }, { bearer: [] }];

const METHODS = { GET: "get", POST: "post", PUT: "put", PATCH: "patch", DELETE: "delete" } as const;

/** One method of a route, at its documented path. */
interface Call extends Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  readonly auth: Auth;
  readonly tag: keyof typeof TAGS;
  readonly paths: readonly string[];
}

/**
 * The service's contract as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html), made from the table
 * of routes and from the files beside their handlers.
 *
 * @throws Error where a route has no words of its own, or where words have no route
 */
export async function openapiDocument() {
  const { docs, schemas } = await readDocs();
  const calls = callsIn(docs);
  const requests = calls.flatMap(({ request }) => request ?? []);
  const answers: Answer[] = [...calls.flatMap(answersOf).map(([, answer]) => answer), ...NO_ROUTE];
  for (const { name, schema } of [...requests, ...answers])
    if (schema !== undefined) schemas.set(name, schema);
  return {
    openapi: "3.1.1",
    info: {
      title: "DatoCMS backups",
      version: VERSION,
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [...BY_SECRET, {}],
    paths: pathItems(calls),
    components: {
      securitySchemes: {
        secret: { type: "apiKey", in: "header", name: "X-Datocms-Backups-Auth" },
        bearer: { type: "http", scheme: "bearer" },
      },
      parameters: PARAMETERS,
      requestBodies: byName(requests, ({ required, types = [], ...body }) => ({
        required,
        content: { ...(body.schema && { "application/json": json(body) }), ...files(types) },
      })),
      responses: byName(answers, ({ description, texts = [], ...answer }) => ({
        description,
        content: {
          ...(answer.schema && { "application/json": json(answer) }),
          ...files(texts),
        },
      })),
      schemas: jsonSchemas(schemas),
    },
  };
}

/** Every call of the table, with its words. */
function callsIn(docs: Docs): Call[] {
  const undocumented = new Set(Object.keys(docs));
  const calls = ROUTES.flatMap(({ path, aliases = [], methods, auth }) =>
    methods.map((name): Call => {
      const method = METHODS[name];
      const operation = docs[path]?.[method];
      if (operation === undefined)
        throw new Error(`${name} ${path} has no words in a file beside its handler`);
      undocumented.delete(path);
      return { ...operation, method, auth, tag: docs[path]?.tag ?? "looks", paths: [path, ...aliases] };
    }),
  );
  if (undocumented.size > 0) throw new Error(`No route is at ${[...undocumented].join(", ")}`);
  return calls;
}

function answersOf({ answers, auth }: Call): [string, Answer][] {
  return Object.entries(auth === "anybody" ? answers : { ...DOOR, ...answers });
}

/** An alias is a path of its own; the words for it stand at the documented one. */
function pathItems(calls: readonly Call[]) {
  const items: Record<string, Record<string, object>> = {};
  for (const call of calls)
    for (const path of call.paths) {
      const key = path.replace(/:(\w+)/g, "{$1}");
      items[key] = { ...items[key], [call.method]: operation(call, path !== call.paths[0]) };
    }
  return items;
}

function operation(call: Call, isAlias: boolean) {
  const { id, summary, parameters, request, auth, tag, paths } = call;
  return {
    operationId: isAlias ? `${id}Alias` : id,
    tags: [tag],
    summary: isAlias ? `Alias of ${paths[0]}` : summary,
    ...(auth === "reader" && { description: "BACKUP_READ_SECRET opens it too" }),
    ...(auth === "anybody" && { security: [] }),
    ...(auth === "admin" && { description: "Only BACKUP_ADMIN_SECRET opens it" }),
    ...((auth === "secret" || auth === "admin") && { security: BY_SECRET }),
    ...(parameters && {
      parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    }),
    ...(request && { requestBody: { $ref: `#/components/requestBodies/${request.name}` } }),
    responses: Object.fromEntries(
      answersOf(call).map(([status, { name }]) => [status, { $ref: `#/components/responses/${name}` }]),
    ),
  };
}

function json({ name, example }: Pick<Answer | RequestBody, "name" | "example">) {
  return { schema: { $ref: referenceTo(name) }, ...(example !== undefined && { example }) };
}

/** What is no JSON. */
function files(types: readonly string[]) {
  return Object.fromEntries(types.map((type) => [type, { schema: { type: "string" } }]));
}

/** Components in alphabetical order, each once. */
function byName<T extends { readonly name: string }>(all: readonly T[], to: (each: T) => object) {
  const named = all.map((each) => [each.name, to(each)] as const);
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
