import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { readServerSettings } from "../../node/settings.ts";
import { textOf } from "./support.ts";

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(textOf("package.json")));
const PORT = String(readServerSettings({}).port);
/** Within so many seconds a stop is over. */
const STOP_SECONDS = Math.ceil(
  Number(/ALL_ENDS_MS = ([\d_]+)/.exec(textOf("node/service.ts"))?.[1]?.replace("_", "")) / 1_000,
);

/** The value of a key, wherever it stands in a YAML file. */
const valuesOf = (yaml: string, key: string) =>
  [...yaml.matchAll(new RegExp(`^[ -]*${key}: *(.+)$`, "gm"))].map(([, value]) => value);

describe("compose.yaml", () => {
  const compose = textOf("compose.yaml");

  test("builds the image, and gives it .env and the server's port on this machine only", () => {
    expect(valuesOf(compose, "build")).toEqual(["."]);
    expect(valuesOf(compose, "env_file")).toEqual([".env"]);
    expect(valuesOf(compose, "ports")).toEqual([`["127.0.0.1:${PORT}:${PORT}"]`]);
    expect(textOf("Dockerfile")).toContain(`EXPOSE ${PORT}\n`);
  });

  test("waits for a stop longer than the server takes", () => {
    expect(STOP_SECONDS).toBe(8);
    const [grace = ""] = valuesOf(compose, "stop_grace_period");
    expect(Number(/^(\d+)s$/.exec(grace ?? "")?.[1])).toBeGreaterThan(STOP_SECONDS);
  });
});

describe("docs/self-hosting.md", () => {
  const guide = textOf("docs/self-hosting.md");
  const block = (language: string, part: string) =>
    [...guide.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))]
      .map(([, text = ""]) => text)
      .find((text) => text.includes(part)) ?? "";

  test("has a unit of ten lines that starts what npm starts", () => {
    const unit = block("ini", "[Service]").trimEnd().split("\n");
    expect(unit).toHaveLength(10);
    expect(unit).toContain(`ExecStart=/usr/bin/env ${scripts.start?.replace("exec ", "")}`);
    // A file .env that the service's user may not read would keep it from starting.
    const folder = unit.find((line) => line.startsWith("WorkingDirectory="))?.split("=")[1] ?? "";
    expect(unit.find((line) => line.startsWith("EnvironmentFile="))).not.toContain(folder);
  });

  test("has two lines for Caddy, to the server's port", () => {
    expect(block("text", "reverse_proxy")).toBe(`backups.example.com\nreverse_proxy 127.0.0.1:${PORT}\n`);
  });

  test("names health checks that the app and the image have, settings that are read, and the time of a stop", () => {
    for (const path of ["/healthz", "/readyz", "/api/check"]) {
      expect(guide).toContain(path);
      expect(textOf("handlers/routes.ts")).toContain(`path: "${path}"`);
    }
    expect(textOf("Dockerfile")).toContain("/readyz");
    expect(readServerSettings({ HOST: "127.0.0.1", TRUST_PROXY: "on" })).toMatchObject({
      hostname: "127.0.0.1",
      trustedProxies: 1,
    });
    expect(guide).toContain(`at most ${STOP_SECONDS} seconds`);
  });
});

describe(".github", () => {
  const workflow = textOf(".github/workflows/ci.yml");

  test("runs the fast suite on three Nodes, and everything on one", () => {
    expect(valuesOf(workflow, "node")).toEqual(['["20", "22", "24"]']);
    const runs = valuesOf(workflow, "run");
    for (const command of ["npm run lint", "npm run typecheck", "npm test", ".ci/run"])
      expect(runs).toContain(command);
    const names = runs.flatMap((line) => /^npm run (\S+)/.exec(line ?? "")?.[1] ?? []);
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });

  test("may read the repository and nothing else, keeps no credentials, and pins each action", () => {
    expect(/^permissions:\n {2}contents: read\n\n/m.test(workflow)).toBe(true);
    const actions = valuesOf(workflow, "uses");
    for (const action of actions) expect(action).toMatch(/^actions\/[a-z-]+@(?:v\d+|[0-9a-f]{40})$/);
    const checkouts = actions.filter((action) => action?.startsWith("actions/checkout"));
    expect(valuesOf(workflow, "persist-credentials")).toEqual(checkouts.map(() => "false"));
    expect(workflow).not.toContain("secrets.");
  });

  test("asks in each form for what helps, and for no secret", () => {
    const forms = readdirSync(new URL("../../.github/ISSUE_TEMPLATE", import.meta.url));
    expect(forms.toSorted()).toEqual(["bug.yml", "config.yml", "idea.yml"]);
    const bug = textOf(".github/ISSUE_TEMPLATE/bug.yml");
    expect(bug).toContain("/api/check");
    expect(bug).toContain("Never paste an API token or a secret.");
  });
});

describe("CONTRIBUTING.md", () => {
  const text = textOf("CONTRIBUTING.md");

  test("names scripts and files that are there", () => {
    const names = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = ""]) => name);
    expect(names).toContain("demo");
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
    const root = new Set(readdirSync(new URL("../../", import.meta.url)));
    const paths = [...text.matchAll(/`((?:[\w.]+\/)+[\w.]*)`/g)].map(([, path = ""]) => path);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      expect(root).toContain(path.split("/")[0]);
      if (!path.endsWith("/")) expect(textOf(path)).not.toBe("");
    }
  });

  test("shows a commit of the form that it asks for", () => {
    const [, example = ""] = /```text\n(\w+\(.+)\n```/.exec(text) ?? [];
    expect(example).toMatch(
      /^(?:feat|fix|perf|refactor|test|docs|ci|build|chore)\([a-z]+\): [a-z].{1,60}[^.]$/,
    );
    expect(example.length).toBeLessThanOrEqual(72);
  });
});
