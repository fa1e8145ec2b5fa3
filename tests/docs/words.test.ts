import { expect, test } from "vitest";
import { documents } from "./documents.ts";
import { textOf } from "./support.ts";
import { oldWordsIn } from "./words.ts";

/** Texts for users and contributors, which speak the one vocabulary. */
const FILES = [...documents().filter((path) => !speaksAsDatoCms(path)), "compose.yaml", ".env.example"];

/** For those who build the simulated DatoCMS, in DatoCMS's own words. */
function speaksAsDatoCms(path: string): boolean {
  return path === "emulator/UNKNOWN.md";
}

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
