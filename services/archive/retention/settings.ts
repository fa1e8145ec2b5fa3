import { failed, type Result, succeeded } from "../../../utils/failures.ts";
import { readSetting, settingOf } from "../../../utils/settings/read.ts";
import type { Variables } from "../../../utils/variables.ts";
import { type ArchiveFailure, settingRefused } from "../failures.ts";
import type { KeepRules } from "./periods.ts";

/**
 * Reads which archives are to stay.
 *
 * @param variables the host's environment variables
 * @returns `INVALID_CONFIGURATION` where it cannot be understood: other archives would go than was asked for
 */
export function readKeepRules(variables: Variables): Result<KeepRules, ArchiveFailure> {
  const reading = readSetting(variables, "BACKUP_ARCHIVE_KEEP");
  return reading.kind === "refused"
    ? failed(settingRefused("BACKUP_ARCHIVE_KEEP", reading.is))
    : succeeded(settingOf(variables, "BACKUP_ARCHIVE_KEEP"));
}
