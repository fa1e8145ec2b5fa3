import * as z from "zod/mini";
import { runAnswer } from "../../handlers/offsite/runAnswers.ts";
import { minute } from "../../utils/moments.ts";
import { counted } from "../../utils/words.ts";
import { archivesFor } from "../archives.ts";
import { defineCommand } from "../command.ts";
import { CommandError, usageError } from "../errors.ts";
import { wrap } from "../layout.ts";
import { orRefuse } from "../project.ts";

export const runsShow = defineCommand({
  name: "runs show",
  summary: "show what came of a run",
  argument: { name: "<run>", help: "its id, as `runs` lists it" },
  flags: [],
  examples: [
    ["runs show run_8227130397398_k3x9a0qz", "one run"],
    ["runs show run_8227130397398_k3x9a0qz --json", "for a script"],
  ],
  options: z.object({}),
  async run(cli, _, [id]) {
    if (id === undefined) throw usageError("Name a run, as `runs` lists it.");
    const archives = await archivesFor(cli);
    const run = orRefuse(await archives.history.get(id));
    if (run === undefined)
      throw new CommandError(1, "RUN_NOT_FOUND", `There is no run ${id}. \`runs\` lists them.`);
    const answer = runAnswer(run, orRefuse(await archives.fateOf(run)));
    return { exit: 0, document: { ok: true, run: answer }, text: textOf(answer, cli.width) };
  },
});

function textOf(run: ReturnType<typeof runAnswer>, width: number): string {
  const {
    id,
    kind,
    status,
    trigger,
    startedAt,
    durationMs,
    calls,
    failure,
    backups,
    verify,
    prune,
    restore,
    sandbox,
  } = run;
  const archive = "archive" in run ? run.archive : undefined;
  const lines = [
    ...backups.map(({ environmentId, outcome }) => `  backup       ${environmentId}: ${outcome}`),
    ...(archive === undefined
      ? []
      : [`  archive      ${archive.id ?? "none"}${archive.gone ? " (deleted since)" : ""}`]),
    ...(verify === undefined
      ? []
      : [
          `  of           ${verify.archiveId === null ? "all archives" : `the archive ${verify.archiveId}`}`,
          `  looked at    ${counted(verify.objects, "object")}, level ${verify.level}: ${counted(verify.problems, "problem")}`,
        ]),
    ...(prune === undefined
      ? []
      : [`  deleted      ${prune.deleted.join(", ") || "none"}; ${prune.kept} stay`]),
    ...(restore === undefined
      ? []
      : [
          `  restored     ${counted(restore.records, "record")}, ${counted(restore.uploads, "upload")} in ${restore.environmentId}`,
        ]),
  ];
  const of = sandbox === undefined ? [] : [`  backup       ${sandbox.environmentId}`];
  const name = sandbox?.name ? [`  kept as      ${sandbox.name}`] : [];
  return [
    `${id}: ${kind}, ${status}`,
    `  began        ${minute(Date.parse(startedAt))} UTC, by ${trigger}`,
    `  took         ${Math.round(durationMs / 1_000)} s, ${counted(calls, "DatoCMS call")}`,
    ...lines,
    ...of,
    ...name,
    ...(failure === null ? [] : [wrap(failure.sentence, width, "! ")]),
  ].join("\n");
}
