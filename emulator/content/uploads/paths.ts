import type { Content } from "../content.ts";
import type { RowIndex } from "../table.ts";
import type { Upload } from "./upload.ts";

class IdsByPath implements RowIndex<Upload> {
  readonly #ids = new Map<string, string>();

  change(before: Upload | undefined, after: Upload | undefined): void {
    if (before !== undefined && this.#ids.get(before.path) === before.id) this.#ids.delete(before.path);
    if (after !== undefined) this.#ids.set(after.path, after.id);
  }

  get(path: string): string | undefined {
    return this.#ids.get(path);
  }
}

/** @returns the upload at a path, as a list of one or none */
export function uploadsAt({ uploads }: Content, path: string): Upload[] {
  const index = uploads.index(
    "paths",
    () => new IdsByPath(),
    (kept) => kept instanceof IdsByPath,
  );
  const upload = uploads.get(index.get(path) ?? "");
  return upload === undefined ? [] : [upload];
}
