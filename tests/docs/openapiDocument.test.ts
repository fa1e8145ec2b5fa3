import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { createApp } from "../../handlers/app.ts";
import { PAGES } from "../../handlers/page/pages.ts";
import kept from "../../openapi.json" with { type: "json" };
import { createLogger } from "../../utils/logger.ts";
import { nodeRuntime } from "../../utils/platformAdapters.ts";
import { DOCUMENT, mismatches } from "../contract/described.ts";

const logger = createLogger({ write: () => {}, now: Date.now });
const runtime = nodeRuntime(
  { variables: {}, logger, fetch: () => Promise.reject(new Error("No calls")) },
  "http",
);

/** What the app answers at each of its addresses but pages', by the Allow header that another method gets. */
async function mounted(): Promise<string[]> {
  const app = createApp();
  const pages = new Set(PAGES.map(({ path }) => path));
  const isOfTheApi = (path: string) => !path.endsWith("*") && !pages.has(path);
  const addresses = new Set(app.routes.map(({ path }) => path).filter(isOfTheApi));
  const found = [];
  for (const address of addresses) {
    const { status, headers } = await app.fetch(
      // An address whose variable part is of one form only is called in that form.
      new Request(`http://localhost${address.replace(/:\w+\{(\w+_)[^}]*\}/, "$1x")}`, { method: "REPORT" }),
      runtime,
    );
    const path = address.replace(/:(\w+)(?:\{[^}]*\})?/g, "{$1}");
    const methods = status === 405 ? (headers.get("allow") ?? "").split(", ") : [];
    const own = app.routes.filter((route) => route.path === address && route.method !== "ALL");
    for (const method of [...methods, ...own.map((route) => route.method)])
      if (method !== "OPTIONS") found.push(`${method} ${path}`);
  }
  return found.toSorted();
}

/** Every `$ref`, wherever it stands. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "$ref" ? [String(each)] : referencesIn(each),
  );
}

describe("openapi.json", () => {
  test("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone(kept))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("would be refused by the validator with a mistake in it", async () => {
    const paths = { "/healthz": { get: { responses: { 200: { content: {} } } } } };
    expect(await new Validator().validate({ ...structuredClone(kept), paths })).toMatchObject({
      valid: false,
    });
  });

  test("has every address and method of the app, and no other", async () => {
    const described = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = await mounted();
    expect(served.length).toBeGreaterThan(30);
    expect(described.toSorted()).toEqual(served);
  });

  test("names each operation once", () => {
    const ids = Object.values(kept.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("refers to all of its components, and to nothing else", () => {
    const { securitySchemes: _, ...components } = kept.components;
    const present = Object.entries(components).flatMap(([kind, named]) =>
      Object.keys(named).map((name) => `#/components/${kind}/${name}`),
    );
    // These stand for addresses and methods that are not in it.
    const loose = ["NotFound", "MethodNotAllowed"].map((name) => `#/components/responses/${name}`);
    expect(new Set([...referencesIn(kept), ...loose])).toEqual(new Set(present));
  });
});

describe("its examples", () => {
  const { requestBodies, responses } = kept.components;
  const examples = [...Object.entries(requestBodies), ...Object.entries(responses)].flatMap(
    ([name, { content }]) => {
      const body = Object.entries(content).find(([type]) => type === "application/json")?.[1];
      return body !== undefined && "example" in body && "$ref" in body.schema
        ? [[name, body.schema.$ref, body.example] as const]
        : [];
    },
  );

  test.each(examples)("%s is as its schema has it", (_, reference, example) => {
    expect(mismatches(reference, example)).toEqual([]);
  });

  test("are one for each body that can be sent, and for most of what is answered", () => {
    const isJson = ({ content }: { readonly content: object }) => "application/json" in content;
    const bodies = Object.entries(requestBodies).filter(([, body]) => isJson(body));
    expect(bodies.filter(([name]) => !examples.some(([own]) => own === name))).toEqual([]);
    expect(examples).toHaveLength(35);
  });
});
