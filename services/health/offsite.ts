import { type Finding, ok, warn } from "../findings/finding.ts";

/** There is no store. A warning where one can be set: on other hosts it would stand there for ever. */
export function noOffsite(host: string): Finding {
  const level = host === "unknown" ? warn : ok;
  return level(
    "NO_OFFSITE",
    "Off-site: none. If the project is deleted, its backups are gone.",
    "docs/archives.md shows how to keep archives elsewhere.",
  );
}
