import type { Result } from "../../utils/failures.ts";
import type { Rights } from "../datocms/role.ts";
import { type Finding, fail, ok, warn } from "../findings/finding.ts";

const CODE = { ok: "ROLE_SUFFICIENT", warn: "ROLE_UNKNOWN", fail: "INSUFFICIENT_PERMISSIONS" } as const;
const ADVICE =
  "In DatoCMS, under Project settings → Roles, let the token's role manage environments and enter all of them.";

/** The token's role: it must fork and destroy environments, and see the backups that it has made. */
export function roleFinding(reading: Result<Rights>): Finding {
  if (!reading.ok) return unknown(` (${reading.failure.cause})`);
  const rights = reading.value;
  switch (rights.kind) {
    case "full":
      return ok(CODE.ok, "The token has full access: it may fork, delete and see all environments.");
    case "read-only":
      return fail(
        CODE.fail,
        "The token is the project's read-only one: it may not fork environments.",
        ADVICE,
      );
    case "unknown":
      return unknown("");
    case "role":
      return ofRole(rights);
  }
}

function ofRole({
  name,
  managesEnvironments,
  environments,
  editsSchema,
}: Rights & { kind: "role" }): Finding {
  const role = `The token's role "${name}"`;
  if (!managesEnvironments) return fail(CODE.fail, `${role} may not fork or delete environments.`, ADVICE);
  if (environments !== "all") return fail(CODE.fail, `${role} ${LIMITED[environments]}.`, ADVICE);
  const except = editsSchema ? "" : " It may not edit the schema, so scheduler-disconnect will be refused.";
  return ok(CODE.ok, `${role} may fork, delete and see all environments.${except}`);
}

const LIMITED = {
  primary_only: "sees the primary environment only, so it would not find its backups again",
  sandbox_only: "may not enter the primary environment, which is to be copied",
  none: "may not enter any environment",
} as const;

function unknown(cause: string): Finding {
  return warn(
    CODE.warn,
    `DatoCMS does not tell what the token may do${cause}.`,
    `Make a first backup by POST /api/jobs/initialize: it shows whether the role suffices. ${ADVICE}`,
  );
}
