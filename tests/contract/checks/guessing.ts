import { expect } from "vitest";
import { evidence } from "../evidence.ts";
import { eventually, expectError, expectOk } from "../expectations.ts";
import { group } from "../group.ts";
import { type Host, WRONG_SECRET } from "../host.ts";
import { HEALTH, healthBody } from "../wire.ts";

/** More than may wait from one address. */
const CALLS = 160;
/** Fifty a second. */
const GAP_MS = 20;
/** Timers may wake a little early. */
const SLACK_MS = 100;

/** Whoever tries secrets is slowed and seen; who has one notices nothing. */
export function guessing(host: Host): void {
  group(host, "guessing", { options: { fresh: true } }, (check) => {
    check(
      "refusals come fifty a second, and the right secret is let in meanwhile",
      "no calls",
      async ({ send, deployment }) => {
        evidence.mustNotShow(WRONG_SECRET);
        const began = deployment.clock.monotonic();
        let answered = 0;
        const guesses = Array.from({ length: CALLS }, async () => {
          const answer = await send("POST", HEALTH, { body: healthBody, secret: WRONG_SECRET });
          answered += 1;
          return answer;
        });
        const right = Array.from({ length: 5 }, () => send("POST", HEALTH, { body: healthBody }));
        for (const answer of await Promise.all(right)) expectOk(answer);
        expect(answered).toBeLessThan(CALLS);
        const answers = await Promise.all(guesses);
        const took = deployment.clock.monotonic() - began;
        const refused = answers.filter(({ status }) => status === 401);
        expect(refused.length).toBeGreaterThan(100);
        expect(took).toBeGreaterThan((refused.length - 1) * GAP_MS - SLACK_MS);
        expect(new Set(refused.map(({ text }) => text)).size).toBe(1);
        for (const answer of answers.filter(({ status }) => status !== 401)) {
          expectError(answer, 429, "RATE_LIMITED");
          expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
        }
      },
      { needs: ["one-process"] },
    );
    check(
      "the log warns of them in few lines",
      "no calls",
      async ({ send, deployment }) => {
        await send("POST", HEALTH, { body: healthBody, secret: WRONG_SECRET });
        await eventually(() => {
          const lines = deployment.log().split("\n");
          const warnings = lines.filter((line) => line.includes('"event":"calls_refused"'));
          expect(warnings.length).toBeGreaterThan(0);
          expect(warnings.length).toBeLessThan(10);
          for (const line of warnings) expect(JSON.parse(line)).toMatchObject({ level: "warn" });
        });
      },
      { needs: ["one-process"] },
    );
  });
}
