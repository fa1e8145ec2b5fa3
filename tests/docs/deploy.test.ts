import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { secretsIn } from "../../utils/auth.ts";

/** What each host's deploy button asks for, and where from. */
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const README = read("README.md");
const PACKAGE: unknown = JSON.parse(read("package.json"));

const buttons = /<!-- buttons -->\n(.*?)<!-- \/buttons -->/s.exec(README)?.[1] ?? "";
const links = [...buttons.matchAll(/\]\((https:[^)]+)\)$/gm)].map(([, link = ""]) => new URL(link));
const linkTo = (host: string) => links.find((link) => link.host === host);

const asked: Readonly<Record<string, readonly string[]>> = {
  vercel: linkTo("vercel.com")?.searchParams.get("env")?.split(",") ?? [],
  netlify: [
    ...(/\[template\.environment\]\n((?:[A-Z_]+ = .*\n)+)/.exec(read("netlify.toml"))?.[1] ?? "").matchAll(
      /^([A-Z_]+)/gm,
    ),
  ].map(([, name = ""]) => name),
  "cloudflare's secrets": [...read(".dev.vars.example").matchAll(/^([A-Z_]+)=/gm)].map(
    ([, name = ""]) => name,
  ),
  "cloudflare's descriptions": Object.keys(
    Object(Reflect.get(Object(Reflect.get(Object(PACKAGE), "cloudflare")), "bindings")),
  ),
};

describe("the deploy buttons", () => {
  test("all point at the repository that package.json names", () => {
    const repository = String(Reflect.get(Object(Reflect.get(Object(PACKAGE), "repository")), "url"));
    expect(links).toHaveLength(3);
    const targets = links.map(
      ({ searchParams }) =>
        searchParams.get("repository-url") ?? searchParams.get("repository") ?? searchParams.get("url"),
    );
    expect(targets).toEqual([repository, repository, repository]);
  });

  test.each(["README.md", "docs/plugin.md"])(
    "are told of in %s as what opens package.json's repository",
    (file) => {
      const text = read(file).replaceAll("\n", " ");
      expect(text.slice(0, 8_000)).toMatch(/buttons .{0,120}`package\.json` names/);
      expect(text).toContain("`npm run buttons -- <");
      expect(text).not.toContain("install a different service");
    },
  );

  test.each(Object.entries(asked))(
    "%s asks for the token and for a secret, both of which the code reads",
    (_, names) => {
      expect(names).toHaveLength(2);
      const variables = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
      expect(secretsIn(variables)).toHaveLength(2);
      expect(names[0]).toBe("DATOCMS_FULLACCESS_API_TOKEN");
      for (const name of names) expect(README).toContain(`\`${name}\``);
    },
  );
});
