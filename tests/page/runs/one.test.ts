import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { failed, succeeded } from "../../../utils/failures.ts";
import { READ_SECRET } from "../support.ts";
import { archive, backup, brokenBackup, everyRun, MADE, openRuns, RUN } from "./support.ts";

const HOSTILE = `</title><script>alert(1)</script>"'&\u001b[31mred\u202eevil=cmd()${"x".repeat(300)}`;

describe("GET /runs/:runId", () => {
  test.each(everyRun())("shows all of it: %#", async (record, word) => {
    const { site, keep } = await openRuns();
    const id = await keep(record);
    const { status, text } = await site.ask(`/runs/${id}`);
    expect(status).toBe(200);
    expect(text).toContain(word);
    expect(text).toContain(`datocms-backups runs show ${id}`);
    expect(text).toContain("DatoCMS calls</th><td>9</td>");
  });

  test.each(["run_1", "run_8227130397398_k3x9a0qz", "..%2Fx", "%3Cscript%3E"])(
    "says so where there is none: %s",
    async (id) => {
      const { site } = await openRuns();
      const { status, text } = await site.ask(`/runs/${id}`);
      expect([status, text.includes("There is no such run")]).toEqual([404, true]);
      expect(text).not.toContain("<script>");
    },
  );

  test("keeps somebody's own words from those who may only read", async () => {
    const reader = await openRuns({ secret: READ_SECRET });
    const id = await reader.keep({ ...RUN, kind: "pause", status: "done", reason: "the launch" });
    const { text } = await reader.site.ask(`/runs/${id}`);
    expect(text).toContain("Schedule paused");
    expect(text).not.toContain("the launch");
  });

  test("shows hostile text as text, wherever it stands", async () => {
    const { site, keep } = await openRuns();
    const refused = failed({ cause: "STORE_FULL", sentence: HOSTILE });
    const ids = [
      await keep(brokenBackup(HOSTILE)),
      await keep(archive({ environmentId: HOSTILE, status: "failed", result: refused })),
      await keep({ ...RUN, kind: "restore", status: "failed", environmentId: HOSTILE, result: refused }),
      await keep({ ...RUN, kind: "settings", status: "done", reason: HOSTILE }),
    ];
    for (const path of ["/runs", ...ids.map((id) => `/runs/${id}`)]) {
      const { status, text } = await site.ask(path);
      expect(status).toBe(200);
      expect(text).toContain("alert(1)");
      for (const active of ["<script>", "\u001b", "\u202e"]) expect(text).not.toContain(active);
    }
  });

  test("points at sections of the documentation that are there", async () => {
    const document = readFileSync("docs/troubleshooting.md", "utf8");
    const titles = [...document.matchAll(/^## (.+)$/gm)].map(([, title = ""]) =>
      title.toLowerCase().replaceAll(" ", "-"),
    );
    const { site, keep } = await openRuns();
    const problems = [{ code: "SHRUNK", sentence: "Half is missing." }] as const;
    const shrunk = backup({ result: succeeded([{ ...MADE, problems }]) });
    for (const record of [brokenBackup(), shrunk]) {
      const { text } = await site.ask(`/runs/${await keep(record)}`);
      const [, anchor] = /troubleshooting\.md#([\w-]+)/.exec(text) ?? [];
      expect(titles).toContain(anchor);
    }
  });
});
