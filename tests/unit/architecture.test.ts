import { describe, expect, test } from "vitest";
import { readSource, type SourceFile, sourceFiles } from "./sourceFiles.ts";

const HOSTS = ["api", "vercel", "netlify", "cloudflare", "node", "cli"];
const PRODUCT = [...HOSTS, "handlers", "services", "utils", "openapi", "emulator"];
const FILES = sourceFiles([...PRODUCT, "tests", "bench", "scripts"]);

/** What each folder may import of the others, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Every file under api/ becomes a function of Vercel's, so what they share lies beside it.
  api: ["vercel"],
  vercel: ["handlers", "services", "utils"],
  netlify: ["handlers", "services", "utils"],
  cloudflare: ["handlers", "services", "utils"],
  // The demo serves the emulator too.
  node: ["cli", "handlers", "services", "utils", "emulator"],
  handlers: ["services", "utils", "openapi.json"],
  openapi: ["handlers", "utils"],
  services: ["utils"],
  utils: [],
  // A process of one's own, as node's are.
  cli: ["node", "handlers", "services", "utils"],
  emulator: ["cli", "utils"],
  tests: [...PRODUCT, "bench", "scripts", "openapi.json"],
  bench: [...PRODUCT, "scripts"],
  scripts: PRODUCT,
};

const ours = (specifier: string) => specifier.startsWith(".");
const inside = (path: string, folder: string) => path.startsWith(`${folder}/`);
const product = FILES.filter(({ folder }) => PRODUCT.includes(folder));

/** Every import of these files that breaks a rule, as `file → target`. */
function offences(
  files: readonly SourceFile[],
  breaks: (file: SourceFile, target: string, isType: boolean) => boolean,
) {
  return files.flatMap((file) =>
    file.imports
      .filter(({ target, typeOnly }) => breaks(file, target, typeOnly))
      .map(({ target }) => `${file.path} → ${target}`),
  );
}

test("the files are there to be looked at", () => {
  for (const folder of ["node", "handlers", "services", "utils", "emulator", "tests"])
    expect(FILES.some((file) => file.folder === folder)).toBe(true);
  expect(FILES.find(({ path }) => path === "services/backup/situation.ts")?.imports).toContainEqual(
    expect.objectContaining({ target: "services/catalog/names.ts", typeOnly: false }),
  );
});

describe("arrows run one way:", () => {
  test("hosts → handlers → services → utils", () => {
    const found = FILES.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => ours(specifier))
        .filter(({ target }) => {
          const [folder = ""] = target.split("/");
          return folder !== file.folder && !(MAY_IMPORT[file.folder] ?? []).includes(folder);
        })
        .map(({ target }) => `${file.path} → ${target}`),
    );
    expect(found).toEqual([]);
  });

  test("only the demo brings the emulator into a host", () => {
    const hosts = product.filter(({ folder, path }) => HOSTS.includes(folder) && !/^node\/demo\b/.test(path));
    expect(offences(hosts, (_, target) => inside(target, "emulator"))).toEqual([]);
  });

  test("scripts and servers know nothing of the commands but how to read a line", () => {
    const outside = FILES.filter(({ folder }) => !["cli", "tests"].includes(folder));
    const shared = ["cli/commandLine.ts", "cli/layout.ts"];
    expect(offences(outside, (_, target) => inside(target, "cli") && !shared.includes(target))).toEqual([]);
  });

  test("nothing outside knows more of the services than their façades", () => {
    const outside = product.filter(({ folder }) => folder !== "services");
    const found = offences(
      outside,
      (_, target) =>
        inside(target, "services") &&
        !/^services\/(?:archiveService|backupService|offsite|restoreService)\.ts$/.test(target),
    );
    expect(found).toEqual([]);
  });

  test("only hosts that have stores, and the document, load the façade of what lies in them", () => {
    const loadersOf = (path: string) => {
      const loaders = offences(FILES, (file, target, isType) => {
        const isTest = ["tests", "bench", "scripts"].includes(file.folder);
        return !isTest && !isType && target === path;
      });
      return loaders.map((arrow) => arrow.split(" → ")[0]).sort();
    };
    expect(loadersOf("handlers/page/runs/lend.ts")).toEqual(["node/offsite.ts"]);
    expect(loadersOf("services/offsite.ts")).toEqual([
      "handlers/offsite.docs.ts",
      "handlers/offsite/runs.ts",
      "handlers/page/runs/asked.ts",
      "handlers/page/runs/form.ts",
      "handlers/page/runs/lend.ts",
      "handlers/page/runs/month.ts",
      "node/offsite.ts",
    ]);
  });

  test("the DatoCMS port imports nothing of the rest of the services", () => {
    const port = product.filter(({ path }) => inside(path, "services/datocms"));
    const found = offences(
      port,
      (_, target) => inside(target, "services") && !inside(target, "services/datocms"),
    );
    expect(found).toEqual([]);
  });

  test("catalog, backup and schedule get the port handed over: they import only its types", () => {
    const domain = product.filter(({ path }) =>
      ["catalog", "backup", "schedule"].some((room) => inside(path, `services/${room}`)),
    );
    const found = offences(domain, (_, target, isType) => inside(target, "services/datocms") && !isType);
    expect(found).toEqual([]);
  });

  test("backup knows nothing of the schedule, the catalog of neither, and none what is built on them", () => {
    const backup = product.filter(({ path }) => inside(path, "services/backup"));
    expect(offences(backup, (_, target) => inside(target, "services/schedule"))).toEqual([]);
    const catalog = product.filter(({ path }) => inside(path, "services/catalog"));
    const rooms = ["services/catalog", "services/datocms", "utils"];
    expect(offences(catalog, (_, target) => !rooms.some((room) => inside(target, room)))).toEqual([]);
    const deeper = product.filter(({ path }) => /^services\/.+\//.test(path));
    expect(offences(deeper, (_, target) => /^services\/[^/]+$/.test(target))).toEqual([]);
  });

  test("a verb knows nothing of another one", () => {
    const verbs = [
      "disconnect",
      "health/",
      "inventory",
      "keepBackup",
      "removeBackup",
      "restoreGuide",
      "runsByHand",
      "scheduledRuns",
      "status",
    ];
    const verbIn = (path: string) =>
      verbs.find((verb) => path.startsWith(`services/${verb.endsWith("/") ? verb : `${verb}.ts`}`));
    for (const verb of verbs) expect(product.filter(({ path }) => verbIn(path) === verb)).not.toEqual([]);
    const found = offences(
      product.filter(({ path }) => verbIn(path) !== undefined),
      (file, target) => verbIn(target) !== undefined && verbIn(target) !== verbIn(file.path),
    );
    expect(found).toEqual([]);
  });

  test("no file needs itself by way of others", () => {
    const targets = new Map(
      product.map(({ path, imports }) => [
        path,
        imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target),
      ]),
    );
    const circles = product.filter(({ path }) => {
      const reached = new Set<string>();
      const open = [...(targets.get(path) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (reached.has(next)) continue;
        reached.add(next);
        open.push(...(targets.get(next) ?? []));
      }
      return reached.has(path);
    });
    expect(circles.map(({ path }) => path)).toEqual([]);
  });

  test("only tests import tests, and only the bench and tests import the bench", () => {
    expect(offences(FILES, (file, target) => inside(target, "tests") && file.folder !== "tests")).toEqual([]);
    expect(offences(product, (_, target) => inside(target, "bench"))).toEqual([]);
  });
});

describe("what a layer must not know:", () => {
  test("stores know bytes and keys, and nothing of what is kept in them", () => {
    const stores = product.filter(({ path }) => inside(path, "services/stores"));
    const rooms = ["services/stores", "utils"];
    const found = offences(
      stores,
      (_, target) => target.startsWith("services/") && !rooms.some((room) => inside(target, room)),
    );
    expect(found).toEqual([]);
    const elsewhere = product.filter(({ path }) => !inside(path, "services/stores"));
    expect(offences(elsewhere, (_, target) => target === "aws4fetch")).toEqual([]);
  });

  test("one file of the product loads the DatoCMS client, and of that the parts which it needs", () => {
    const code = product.filter(({ path }) => !path.endsWith(".d.ts"));
    const found = offences(code, (_, target, isType) => !isType && target.startsWith("@datocms/"));
    const parts = found.map(
      (arrow) => /^services\/datocms\/libraryClient\.ts → @datocms\/(.*)$/.exec(arrow)?.[1],
    );
    // The whole of it, by `cma-client` or `cma-client-node`, takes a tenth of a second of every start.
    expect(parts.map((part) => part?.replace(/^cma-client\/dist\/esm\/generated\/resources\//, ""))).toEqual([
      "Environment.js",
      "Plugin.js",
      "PublicInfo.js",
      "SubscriptionLimit.js",
      "User.js",
      "rest-client-utils",
      "rest-client-utils",
    ]);
  });

  test("services and utils know no host, no HTTP framework and nothing of Node", () => {
    const domain = product.filter(({ folder }) => ["services", "utils"].includes(folder));
    const found = offences(domain, (_, target) =>
      /^(?:hono|@hono|node:|@netlify|@vercel|croner)/.test(target),
    );
    // A disk is Node's; MD5, levels of compression and keyed hashes that are there at once too. Hosts that have no Node load none of it.
    const nodes =
      /^services\/(?:stores\/(?:disk\w*|hashing|settings)|archive\/(?:compression|storeKey))\.ts → node:/;
    expect(found.filter((arrow) => !nodes.test(arrow))).toEqual([]);
  });

  test("handlers run on every host: nothing of Node", () => {
    const handlers = product.filter(({ folder }) => folder === "handlers");
    expect(offences(handlers, (_, target) => /^(?:node:|@hono\/node)/.test(target))).toEqual([]);
  });

  test("no host loads the words of the OpenAPI document", () => {
    const ofTheDocument = (path: string) => /^handlers\/(?:schemas\/|.+\.docs\.ts$)|^openapi\//.test(path);
    const loaded = product.filter(({ path }) => !ofTheDocument(path));
    expect(offences(loaded, (_, target) => ofTheDocument(target))).toEqual([]);
  });

  test("the process's variables are read where a process begins only", () => {
    const elsewhere = FILES.filter(
      ({ folder, path }) =>
        !["node", "vercel", "netlify", "bench", "scripts", "tests"].includes(folder) &&
        path !== "cli/main.ts",
    );
    expect(elsewhere.filter(({ usesProcessEnv }) => usesProcessEnv).map(({ path }) => path)).toEqual([]);
  });
});

describe("every file", () => {
  test("of the product has 300 lines at most", () => {
    expect(product.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual(
      [],
    );
  });

  test("names a file of ours with its ending", () => {
    const found = FILES.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => ours(specifier) && !/\.(?:ts|json)$/.test(specifier))
        .map(({ specifier }) => `${file.path} → ${specifier}`),
    );
    expect(found).toEqual([]);
  });

  test("imports zod whole: a named `z` brings all of it into every bundle", () => {
    const found = FILES.flatMap((file) =>
      file.imports
        .filter(({ target, text }) => target === "zod" && !/^import (?:type )?\* as z from/.test(text))
        .map(({ text }) => `${file.path}: ${text}`),
    );
    expect(found).toEqual([]);
  });
});

describe("this reading of files sees", () => {
  const read = (text: string) => readSource("services/backup/a.ts", text);
  test.each([
    ['import { a } from "../b.ts";', "services/b.ts", false],
    ['import type { A } from "./b.ts";', "services/backup/b.ts", true],
    ['import { type A, type B } from "./b.ts";', "services/backup/b.ts", true],
    ['import { type A, b } from "./b.ts";', "services/backup/b.ts", false],
    ['import "../../utils/b.ts";', "utils/b.ts", false],
    ['export { a } from "hono";', "hono", false],
    ['export type { A } from "hono";', "hono", true],
    ['export * from "../b.ts";', "services/b.ts", false],
    ['const b = await import("../../handlers/b.ts");', "handlers/b.ts", false],
    ['let b: import("../../handlers/b.ts").B;', "handlers/b.ts", true],
  ])("%s", (text, target, typeOnly) => {
    expect(read(text).imports).toMatchObject([{ target, typeOnly }]);
  });

  test.each([
    ["process.env.A", true],
    ["globalThis.process.env", true],
    ['process["env"]', true],
    ["const { env } = process;", true],
    ["// process.env", false],
    ['"process.env"', false],
    ["const process = { variables: 1 }; process.variables", false],
    ["other.env", false],
  ])("the process's variables: %s", (text, uses) => {
    expect(read(text).usesProcessEnv).toBe(uses);
  });
});
