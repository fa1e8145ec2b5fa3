import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bareVariables, RUNNER } from "../../scripts/runner.ts";

const COMMAND = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

async function run(cwd: string, variables: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [RUNNER, COMMAND, "alerts", "test"], {
    cwd,
    env: { ...bareVariables(), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  await once(child, "close");
  return { code: child.exitCode, output };
}

it("npm run alerts:test reaches what the shell's variables and .env name, and says what came of it", async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url?.split("?")[0]}`);
    response.writeHead(request.url?.startsWith("/discord") ? 404 : 200).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const directory = await mkdtemp(join(tmpdir(), "alerts-"));
  try {
    const none = await run(directory, {});
    expect(none.code).toBe(1);
    expect(none.output).toMatch(/^No alerts are set up yet: nobody will learn of a failed backup\./);

    await writeFile(join(directory, ".env"), `HEARTBEAT_URL_DAILY=${url}/beat\n`);
    const good = await run(directory, { ALERT_SLACK_WEBHOOK_URL: `${url}/slack` });
    expect(good).toEqual({ code: 0, output: "✔ slack  sent  200\n✔ heartbeat-daily  sent  200\n" });
    expect(seen.toSorted()).toEqual(["GET /beat/log", "POST /slack"]);

    const bad = await run(directory, { ALERT_DISCORD_WEBHOOK_URL: `${url}/discord`, ALERT_ON_SUCCESS: "oh" });
    expect(bad.code).toBe(1);
    expect(bad.output).toContain("✘ discord  FAILED  404 REFUSED\n");
    expect(bad.output).toContain("✘ ALERT_ON_SUCCESS  FAILED  must be on or off\n");
    expect(bad.output).not.toContain(url);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  }
});
