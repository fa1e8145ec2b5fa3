import * as z from "zod/mini";
import { defineCommand } from "../command.ts";
import { describeSettings, type ShownSetting } from "../configuration.ts";
import { table, wrap } from "../layout.ts";

const COLUMNS = [{ title: "SETTING" }, { title: "VALUE" }, { title: "FROM" }];
/** Longer values are cut; `--json` has them whole. */
const LONGEST_VALUE = 34;

export const config = defineCommand({
  name: "config",
  summary: "show every setting, and where it comes from",
  description:
    "Shows every setting, its value and where it comes from; secrets are never shown. Exit status 2 where one is wrong or missing.",
  flags: [{ flags: "--explain", help: "what each setting does, and what it may be" }],
  examples: [
    ["config", "what the service goes by"],
    ["config --explain", "what each of them does"],
  ],
  options: z.object({ explain: z.optional(z.boolean()) }),
  async run(cli, { explain = false }) {
    const { settings, problems, unknown } = await describeSettings(cli.settings());
    const isRight = problems.length === 0;
    const remarks = [
      ...problems.map((problem) => wrap(problem, cli.width, "✘ ")),
      ...unknown.map(({ sentence }) => wrap(sentence, cli.width, "! ")),
    ];
    const shown = explain
      ? settings.map((each) => explained(each, cli.width)).join("\n")
      : table(COLUMNS, settings.map(cellsOf), cli.width);
    return {
      exit: isRight ? 0 : 2,
      document: { ok: isRight, settings, problems, unknown },
      text: [shown, ...(remarks.length === 0 ? [] : ["", ...remarks])].join("\n"),
    };
  },
});

function cellsOf({ name, value, from, problem }: ShownSetting): string[] {
  const text = problem === undefined ? (value ?? "") : "WRONG, see below";
  return [name, text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text, from];
}

function explained({ name, value, from, problem, does, expected }: ShownSetting, width: number): string {
  const is = problem === undefined ? (value ?? "") : "wrong, see below";
  const now = is === "" ? "" : ` = ${is}`;
  return [`${name}${now} (${from})`, wrap(does, width, "  "), wrap(`Must be ${expected}.`, width, "  ")].join(
    "\n",
  );
}
