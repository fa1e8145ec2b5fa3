import * as z from "zod/mini";
import { counted } from "../../utils/words.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";
import { RESTORE_FLAGS, refusedLines, requestFrom, restoreOptions, restoresFor } from "../restores.ts";

const INTERRUPTED = "Interrupted. The same command goes on from here.";

export const restoreApply = defineCommand({
  name: "restore apply",
  summary: "restore, as `restore preview` has shown",
  description:
    "Restores from an archive or a sandbox environment. --plan takes the hash that `restore preview` printed and refuses what has changed since; --yes restores whatever the plan is now. The same command goes on with a restore that was interrupted.",
  flags: [
    ...RESTORE_FLAGS,
    { flags: "--plan <hash>", help: "the plan that was looked at" },
    { flags: "--no-safety", help: "change much of the primary without a copy of it" },
    { flags: "--hooks", help: "let webhooks hear of more than 100 events in the primary" },
    { flags: "--yes", help: "restore without a plan that was looked at" },
  ],
  examples: [
    ["restore apply --archive latest --into new:back --yes", "all"],
    ["restore apply --archive latest --into dev --plan HASH", "as seen"],
  ],
  options: z.extend(restoreOptions, {
    plan: z.optional(z.string()),
    yes: z.optional(z.boolean()),
    safety: z.optional(z.boolean()),
    hooks: z.optional(z.boolean()),
  }),
  endsItself: true,
  async run(cli, { plan, yes = false, safety = true, hooks = false, ...options }) {
    const request = requestFrom(cli, options);
    if (plan === undefined && !yes)
      throw usageError("Name the plan that `restore preview` printed (--plan HASH), or say --yes.");
    const interruption = cli.io.interruption();
    const applied = await restoresFor(cli, interruption).apply({
      ...request,
      planHash: plan,
      withoutSafety: !safety,
      withHooks: hooks,
    });
    cli.progress.end();
    if (!applied.ok && interruption.aborted) {
      const { sentence, facts: { validatorsOff } = {} } = applied.failure;
      const isOff = validatorsOff !== undefined;
      const document = { ok: false, interrupted: true, ...(isOff && { validatorsOff }) };
      return { exit: 130, document, text: isOff ? sentence : INTERRUPTED };
    }
    const outcome = orRefuse(applied);
    const { id, into, applied: counts, refused, warnings, calls } = outcome;
    const isWhole = refused.length === 0;
    const what = `${counted(counts.records, "record")}, ${counted(counts.uploads, "upload")}, ${counted(counts.schema, "part")} of the schema`;
    return {
      exit: isWhole ? 0 : 1,
      document: { ok: isWhole, restore: { id, into, applied: counts, refused, warnings, calls } },
      text: [
        wrap(
          `${isWhole ? "✔" : "!"} ${into}: ${what} restored and read again; ${counted(calls, "call")}.`,
          cli.width,
          "",
        ),
        ...refusedLines(refused, cli.width),
        ...warnings.map(({ sentence }) => wrap(sentence, cli.width, "! ")),
        `  To take it back: restore undo ${id}`,
      ].join("\n"),
    };
  },
});
