import { afterEach, expect, test, vi } from "vitest";
import { createEmulator } from "../../emulator/emulator.ts";
import { showEnvironments, showJson, showTable, withProgress } from "../../node/demo/text.ts";

const HOSTILE = "a\u001b[2J\u009b2J\u202eb";

afterEach(() => vi.restoreAllMocks());

/** Everything that is written meanwhile. */
async function written(work: () => unknown): Promise<string> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  await work();
  vi.restoreAllMocks();
  return text;
}

test("the demo shows what it gets from elsewhere without what acts on a terminal", async () => {
  const project = createEmulator().addProject({ token: "token-of-the-demo", forkMs: 60_000 });
  vi.spyOn(project, "environments").mockReturnValue(
    project.environments().map((each) => ({ ...each, id: HOSTILE, status: "creating", completion: 1 })),
  );
  const environments = project.environments;
  const text = await written(async () => {
    project.environments = environments;
    showTable([["id"], [HOSTILE]]);
    showEnvironments(project);
    showJson({ id: HOSTILE, ids: [HOSTILE] });
    await withProgress(project, new Promise((resolve) => setTimeout(resolve, 250)));
  });
  expect(text).toContain("a\\u001b[2J\\u009b2J\\u202eb");
  for (const part of ["\u001b[2J", "\u009b", "\u202e"]) expect(text).not.toContain(part);
});
