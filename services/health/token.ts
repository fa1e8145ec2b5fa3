import type { Result } from "../../utils/failures.ts";
import { type Finding, fail, ok, refusedFinding, warn } from "../findings/finding.ts";
import type { Facts, ProjectFacts } from "./facts.ts";

const MISSING: Finding = fail(
  "MISSING_API_TOKEN",
  "There is no API token.",
  "Set DATOCMS_FULLACCESS_API_TOKEN to a token that may manage environments, then redeploy.",
);

/** DatoCMS's word on the token, and the project that it opens; undefined where DatoCMS could not be asked. */
export function tokenFinding({
  slots,
  project,
  tokenRefusal,
}: Pick<Facts, "slots" | "project" | "tokenRefusal">): Finding | undefined {
  if (tokenRefusal?.cause === "INVALID_CONFIGURATION") return refusedFinding(tokenRefusal);
  if (slots === undefined) return MISSING;
  if (project === undefined) return undefined;
  const { site } = project;
  if (site.ok)
    return ok("TOKEN_ACCEPTED", `DatoCMS accepts the API token; the project is "${site.value.name}".`);
  if (answersAnything(project))
    return warn(
      "PROJECT_NAME_UNKNOWN",
      `DatoCMS accepts the API token, but does not tell the project's name (${site.failure.cause}).`,
      "Make sure by its environments that it is the project you mean.",
    );
  const { cause, problem, advice } = site.failure;
  return fail(cause, problem, advice);
}

/** DatoCMS has answered one question at least: the others have findings of their own then. */
export function answersAnything({ site, rights, environments, plugin }: ProjectFacts): boolean {
  const all: readonly Result<unknown>[] = [site, rights, environments, plugin];
  return all.some(({ ok }) => ok);
}
