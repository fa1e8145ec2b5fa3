import { type UnknownSetting, unknownSentence } from "../../utils/unknownSettings.ts";
import { type Finding, warn } from "../findings/finding.ts";

/** A variable that was meant to be a setting. */
export function unknownFinding(unknown: UnknownSetting): Finding {
  return warn("UNKNOWN_SETTING", unknownSentence(unknown), "Rename or remove it, then redeploy.");
}
