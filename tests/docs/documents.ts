import { readdirSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Every Markdown file of the repository, by its path from the root. */
export function documents(): string[] {
  const top = readdirSync(ROOT);
  const folders = top.filter((name) => /^(?:[^.]+|\.github)$/.test(name) && name !== "node_modules");
  return [...top, ...filesIn(folders)].filter((path) => path.endsWith(".md")).toSorted();
}

/** Everything below these of the root's folders, by its path from the root. */
export function filesIn(folders: readonly string[]): string[] {
  return folders
    .filter((folder) => statSync(posix.join(ROOT, folder), { throwIfNoEntry: false })?.isDirectory())
    .flatMap((folder) =>
      readdirSync(posix.join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        posix.join(folder, name),
      ),
    );
}

/** A document's text without its blocks of code. */
export function proseOf(text: string): string {
  return text.replace(/^( *)```.*?^\1```$/gms, "");
}

/** The anchors that GitHub gives the headings of a document, without the `#`. */
export function anchorsIn(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The targets of a document's links, but for those that lead to another site. */
export function linksIn(text: string): string[] {
  return [...proseOf(text).matchAll(/\]\(\s*(?!https?:)([^)\s]+)\s*\)/g)].map(([, target = ""]) => target);
}

/** The text of a file, by its path from the root; nothing where there is no such file. */
export function textAt(path: string): string | undefined {
  try {
    return readFileSync(posix.join(ROOT, path), "utf8");
  } catch {
    return undefined;
  }
}
