/** What a file name becomes on upload (facts 4, "Normalisation on upload"). */
export type StoredName = { readonly basename: string; readonly format: string | null };

/** @returns the name in parts: without accents, in lower case, dashes for what is left */
export function storedName(filename: string): StoredName {
  const [, stem = filename, extension = ""] = /^(.*?)(?:\.([^.]*))?$/s.exec(filename) ?? [];
  const format = plain(extension).replaceAll(/[^a-z0-9]/g, "");
  return { basename: storedBasename(stem), format: format === "" ? null : format };
}

/** @returns a base name as it is stored */
export function storedBasename(stem: string): string {
  const basename = plain(stem)
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/-{2,}/g, "-")
    .replaceAll(/^-|-$/g, "");
  return basename === "" ? "file" : basename;
}

/** @returns base name and format in one */
export function filenameOf({ basename, format }: StoredName): string {
  return format === null ? basename : `${basename}.${format}`;
}

function plain(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
