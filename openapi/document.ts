import { VERSION } from "../utils/version.ts";
import { jsonSchemas, referenceTo, type SchemaName } from "./components.ts";
import { ANSWER_EXAMPLES, REQUEST_EXAMPLES } from "./examples.ts";
import { ANSWERS, type Answer, PARAMETERS, REQUESTS } from "./parts.ts";
import { DOOR, type Operation, ROUTES, type Route, TAGS } from "./routes.ts";

const DESCRIPTION =
  "Backs up a DatoCMS project into dated sandbox environments. Where a secret is set, every call needs it but /healthz, /readyz and CORS preflights. Where none is set, pages of other sites may make the plugin's calls only. An unknown address answers 404 and another method 405, both after 401.";

const BY_SECRET = [{ secret: [] }, { bearer: [] }];

/** The service's contract as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html). Pure. */
export function openapiDocument() {
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
    paths: Object.fromEntries(ROUTES.flatMap(pathItems)),
    components: {
      securitySchemes: {
        secret: { type: "apiKey", in: "header", name: "X-Datocms-Backups-Auth" },
        bearer: { type: "http", scheme: "bearer" },
      },
      parameters: PARAMETERS,
      requestBodies: mapped(REQUESTS, (name, required) => ({
        required,
        content: { "application/json": json(name, REQUEST_EXAMPLES) },
      })),
      responses: mapped(ANSWERS, (_, answer: Answer) => ({
        description: answer.description,
        content: {
          ...(answer.schema && { "application/json": json(answer.schema, ANSWER_EXAMPLES) }),
          ...Object.fromEntries((answer.texts ?? []).map((type) => [type, { schema: { type: "string" } }])),
        },
      })),
      schemas: jsonSchemas(),
    },
  };
}

/** An alias is a path of its own: what it does is told at the documented one. */
function pathItems({ paths, tag, get, post }: Route) {
  const [documented] = paths;
  return paths.map((path) => {
    const isAlias = path !== documented;
    const item = {
      ...(get && { get: operation(get, tag, isAlias ? `Alias of ${documented}` : undefined) }),
      ...(post && { post: operation(post, tag, isAlias ? `Alias of ${documented}` : undefined) }),
    };
    return [path, item] as const;
  });
}

function operation(
  { id, summary, parameters, request, answers, secret, toReaders }: Operation,
  tag: string,
  alias?: string,
) {
  return {
    operationId: alias === undefined ? id : `${id}Alias`,
    tags: [tag],
    summary: alias ?? summary,
    ...(toReaders && { description: "BACKUP_READ_SECRET opens it too" }),
    ...(secret && { security: secret === "never" ? [] : BY_SECRET }),
    ...(parameters && {
      parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    }),
    ...(request && { requestBody: { $ref: `#/components/requestBodies/${request}` } }),
    responses: mapped(secret === "never" ? answers : { ...answers, ...DOOR }, (_, name) => ({
      $ref: `#/components/responses/${name}`,
    })),
  };
}

function json(name: SchemaName, examples: Readonly<Record<string, unknown>>) {
  const example = examples[name];
  return { schema: { $ref: referenceTo(name) }, ...(example !== undefined && { example }) };
}

function mapped<K extends string, V, W>(of: Readonly<Record<K, V>>, to: (name: K, value: V) => W) {
  return Object.fromEntries(
    Object.keys(of).flatMap((name) => (isKeyOf(of, name) ? [[name, to(name, of[name])]] : [])),
  );
}

function isKeyOf<K extends string>(of: Readonly<Record<K, unknown>>, name: string): name is K {
  return name in of;
}
