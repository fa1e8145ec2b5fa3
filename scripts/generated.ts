import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** Files that a command writes, by their paths in the current directory. */
export interface Generated {
  /** What people type to have them written. */
  readonly call: string;
  /** Each makes of its file's text what it must be; undefined where the file is not there. */
  readonly files: Readonly<Record<string, (present: string | undefined) => string>>;
}

/**
 * Writes those that are out of date, and says what it did; sets exit code 1 where it only checks and one is.
 *
 * @param check whether nothing is written
 */
export function bringUpToDate({ call, files }: Generated, { check }: { readonly check: boolean }): void {
  const names = Object.keys(files);
  const stale = Object.entries(files).flatMap(([file, make]) => {
    const present = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    const wanted = make(present);
    return present === wanted ? [] : [{ file, wanted }];
  });
  if (stale.length === 0)
    process.stdout.write(`${names.join(" and ")} ${names.length === 1 ? "is" : "are"} up to date.\n`);
  else if (check) {
    process.stderr.write(`Out of date: ${stale.map(({ file }) => file).join(", ")}. Run: ${call}\n`);
    process.exitCode = 1;
  } else
    for (const { file, wanted } of stale) {
      writeFileSync(file, wanted);
      process.stdout.write(`${file} is written.\n`);
    }
}
