import { isEmptyPlan } from "../../services/restoreService.ts";
import { counted } from "../../utils/words.ts";
import { defineCommand } from "../command.ts";
import { orRefuse } from "../project.ts";
import {
  planAnswer,
  planLines,
  RESTORE_FLAGS,
  refusedLines,
  requestFrom,
  restoreOptions,
  restoresFor,
} from "../restores.ts";

export const restorePreview = defineCommand({
  name: "restore preview",
  summary: "show what a restore would change",
  description:
    "Compares an archive or a sandbox environment with the target and shows what a restore would create, change and delete. Writes nothing. One record: --only record=ID.",
  flags: RESTORE_FLAGS,
  examples: [
    ["restore preview --archive latest --into new:back", "all"],
    ["restore preview --from staging --only menus --into dev", "a part"],
  ],
  options: restoreOptions,
  async run(cli, options) {
    const request = requestFrom(cli, options);
    const preview = orRefuse(await restoresFor(cli, cli.io.interruption()).preview(request));
    cli.progress.end();
    const { plan } = preview;
    return {
      exit: 0,
      document: { ok: true, plan: planAnswer(preview), refused: preview.refused },
      text: [
        isEmptyPlan(plan)
          ? `✔ Nothing to restore: ${plan.into} has it all.`
          : `From ${plan.from} into ${plan.into}, mode ${plan.wishes.mode}:`,
        ...planLines(preview, cli.width),
        ...refusedLines(preview.refused, cli.width),
        ...(isEmptyPlan(plan)
          ? []
          : [
              `About ${counted(plan.calls, "call")}. To do it: restore apply with the same flags and --plan ${plan.hash}`,
            ]),
      ].join("\n"),
    };
  },
});
