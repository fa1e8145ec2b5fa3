import { describe, expect, it } from "vitest";
import { textOf } from "./support.ts";

const DOCKERFILE = textOf("Dockerfile");

describe("the Dockerfile", () => {
  it("copies every file that the server and the commands import, except the demo", () => {
    const copied = [...DOCKERFILE.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = ""]) =>
      sources.split(" "),
    );
    const isCopied = (file: string) => copied.some((path) => file === path || file.startsWith(`${path}/`));
    const files = [...filesFrom("node/server.ts"), ...filesFrom("cli/main.ts")];
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => !isCopied(file))).toEqual([]);
  });

  it("has no demo, and so no emulator", () => {
    expect(DOCKERFILE).not.toMatch(/demo|emulator/);
  });

  it("reaches the builder with everything that it copies", () => {
    const kept = [...textOf(".dockerignore").matchAll(/^!(.+)$/gm)].map(([, path = ""]) => path);
    const copied = [...DOCKERFILE.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = ""]) =>
      sources.split(" "),
    );
    expect(
      copied.filter((path) => !kept.some((each) => path === each || path.startsWith(`${each}/`))),
    ).toEqual([]);
  });

  it("runs as an ordinary user, with node itself as the process that is stopped", () => {
    expect(DOCKERFILE).toMatch(/^USER node$/m);
    expect(DOCKERFILE).toMatch(/^CMD \["node", "node\/server\.ts"\]$/m);
  });
});

/** The file and all that it imports from this repository without the demo, by paths from the root. */
function filesFrom(entry: string): string[] {
  const found = new Set<string>([entry]);
  for (const file of found) {
    for (const [, specifier = ""] of textOf(file).matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)) {
      const path = new URL(specifier, `file:///${file}`).pathname.slice(1);
      if (!path.startsWith("node/demo/")) found.add(path);
    }
  }
  return [...found];
}
