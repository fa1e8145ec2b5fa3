import * as z from "zod/mini";
import { checkAnswer, deploymentOf } from "../../handlers/check.ts";
import { storeFindings } from "../../node/offsite.ts";
import { type Check, checkDeployment } from "../../services/backupService.ts";
import { readAccess } from "../../utils/auth.ts";
import { defineCommand } from "../command.ts";
import { wrap } from "../layout.ts";
import { runtimeOf } from "../project.ts";
import { withoutRedeploy } from "../words.ts";

export const check = defineCommand({
  name: "check",
  summary: "find out whether backups will really be made",
  description:
    "Asks DatoCMS and reads the settings, as GET /api/check does, and writes nothing. Exit status 1 where backups will not be made, or are late.",
  flags: [{ flags: "--strict", help: "exit status 1 for warnings, too" }],
  examples: [
    ["check", "what is well, and what to do"],
    ["check --strict --json", "for a monitor"],
  ],
  options: z.object({ strict: z.optional(z.boolean()) }),
  async run(cli, { strict = false }) {
    const runtime = runtimeOf(cli);
    const deployment = deploymentOf(runtime, readAccess(runtime.variables), runtime.clock.monotonic());
    const { fetch, variables, clock } = runtime;
    const offsite = storeFindings({ variables, clock, fetch, directory: process.cwd() });
    const found = await checkDeployment({ ...deployment, fetch, offsite });
    const isWell = found.verdict === "ok" || (found.verdict === "warn" && !strict);
    return {
      exit: isWell ? 0 : 1,
      document: { ...checkAnswer(found), ok: isWell },
      text: textOf(found, cli.width),
    };
  },
});

/** The summary, and each finding with what to do under it. */
function textOf({ summary, findings }: Check, width: number): string {
  const size = Math.max(...findings.map(({ code }) => code.length));
  const rows = findings.flatMap(({ level, code, sentence, advice }) => {
    const before = `${level.padEnd(4)}  ${code.padEnd(size)}  `;
    const under = " ".repeat(before.length);
    return [
      wrap(withoutRedeploy(sentence), width, before),
      ...(advice === undefined ? [] : [wrap(withoutRedeploy(advice), width, `${under}→ `, `${under}  `)]),
    ];
  });
  return [wrap(summary, width), "", ...rows].join("\n");
}
