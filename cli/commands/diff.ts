import * as z from "zod/mini";
import { isEmptyPlan, type SourceName } from "../../services/restoreService.ts";
import { defineCommand } from "../command.ts";
import { usageError } from "../errors.ts";
import { orRefuse } from "../project.ts";
import { planAnswer, planLines, rateOf, restoresFor } from "../restores.ts";

export const diff = defineCommand({
  name: "diff",
  summary: "show what changed between archives and environments",
  description:
    "Shows what was added (+), changed (~) and deleted (-) from the first to the second one; without a second one up to the primary environment as it is now. Each is an archive (its id, `latest` or a day) or an environment.",
  argument: { name: "<sides...>", help: "an archive or environment, and another one" },
  flags: [{ flags: "--fast", help: "16 calls a second instead of 8" }],
  examples: [
    ["diff latest", "since the newest archive"],
    ["diff 2026-03-02 2026-03-09", "within a week"],
  ],
  options: z.object({ fast: z.optional(z.boolean()) }),
  async run(cli, options, [one, other, more]) {
    if (one === undefined || more !== undefined) throw usageError("Name one side or two.");
    const restores = restoresFor(cli, cli.io.interruption());
    const found = orRefuse(
      await restores.diff(nameFrom(one), other === undefined ? undefined : nameFrom(other), rateOf(options)),
    );
    const { plan } = found;
    const {
      archive: from,
      into: _into,
      mode: _mode,
      hash: _hash,
      calls: _calls,
      ...rest
    } = planAnswer(found);
    return {
      exit: 0,
      document: { ok: true, diff: { from: one, to: from, ...rest } },
      text: isEmptyPlan(plan) ? "✔ No difference." : planLines(found, cli.width).join("\n"),
    };
  },
});

/** An archive's id begins with its time, as a day does; everything else is an environment. */
function nameFrom(text: string): SourceName {
  const isArchive = text === "latest" || /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(text);
  return isArchive ? { kind: "archive", name: text } : { kind: "environment", id: text };
}
