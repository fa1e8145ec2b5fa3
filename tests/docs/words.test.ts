import { expect, test } from "vitest";
import { textOf } from "./support.ts";
import { oldWordsIn } from "./words.ts";

/** Texts for users that speak the one vocabulary. The others follow. */
const FILES = [
  "CONTRIBUTING.md",
  "README.md",
  "SECURITY.md",
  "docs/costs.md",
  "docs/plugin.md",
  "docs/restore.md",
  "docs/rotation.md",
  "docs/self-hosting.md",
  "docs/words.md",
  "emulator/README.md",
  "compose.yaml",
];

test.each(FILES)("%s has no old words", (file) => {
  expect(oldWordsIn(textOf(file))).toEqual([]);
});

test.each([
  ["The older copy stays.", "backup, for copy"],
  ["Each cadence has its slot.", "kind of backup, for cadence"],
  ["It was told.", "alert, for notice or told"],
  ["It gave way.", "removed, for gives way, pruned or destroyed"],
])("finds the old word in: %s", (sentence, advice) => {
  expect(oldWordsIn(`Fine.\n${sentence}`)[0]).toBe(`line 2: ${advice}: ${sentence}`);
});

test.each([
  "`BACKUP_CATCH_UP` and `cp .env.example .env`",
  "```sh\ncopy slot\n```",
  "[guard](rotation.md#of-a-slot)",
  "DatoCMS's name for a copy of a project",
])("leaves code and addresses alone: %s", (text) => {
  expect(oldWordsIn(text)).toEqual([]);
});
