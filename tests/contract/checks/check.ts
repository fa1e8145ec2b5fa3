import { expect } from "vitest";
import { expectError, expectOk, pick } from "../expectations.ts";
import { group } from "../group.ts";
import type { Host } from "../host.ts";

const CHECK = "/api/check";

/** The check on every host; what it finds is shown by the tests of each fault. */
export function deploymentCheck(host: Host): void {
  group(host, "check", { options: "shared" }, (check) => {
    check("says whether backups will be made, line by line", "reads", async ({ send }) => {
      const answer = await send("GET", `${CHECK}?format=json`);
      expectOk(answer, {
        verdict: expect.any(String),
        summary: expect.stringMatching(/^Backups will be made/),
      });
      expect(pick(answer.body, "lines")).toContainEqual(
        expect.objectContaining({ code: "SECRET_SET", level: "ok" }),
      );
    });
    check("401 without the secret, 405 for a POST", "no calls", async ({ send }) => {
      expectError(await send("GET", CHECK, { secret: null }), 401, "UNAUTHORIZED");
      expectError(await send("POST", CHECK), 405, "METHOD_NOT_ALLOWED");
    });
  });
}
