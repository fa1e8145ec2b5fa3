import { afterAll, describe, expect, test } from "vitest";
import { evidence } from "./evidence.ts";
import type { Host } from "./host.ts";
import { ledger } from "./ledger.ts";
import { contractSuite, type Part } from "./suite.ts";

/**
 * Runs the whole contract on some hosts, side by side in one table. Each test file takes the app in process
 * as the measure and one real runtime beside it: these must not share a process, for some of their tools
 * change what all others see of `fetch`.
 */
export function runContract(hosts: readonly Host[], part: Part = "whole"): void {
  const names = hosts.map(({ name }) => name);

  for (const host of hosts) contractSuite(host, part);

  describe("nothing that was answered or logged", () => {
    for (const name of names) {
      test(`by ${name} is missing from the evidence`, () => {
        const answers = evidence.answers.filter(({ host }) => host === name);
        const text = evidence.written
          .filter(({ host }) => host === name)
          .map((written) => written.text)
          .join("");
        expect(answers.length).toBeGreaterThan(200);
        for (const event of ["request", "request_failed", "fork_sent", "run_ended", "run_failed"])
          expect(text).toContain(`"event":"${event}"`);
      });
    }
    test("holds a token or a secret", () => {
      expect(evidence.findLeaks()).toEqual([]);
    });
  });

  afterAll(() => {
    process.stdout.write(`${ledger.table(names)}\n`);
    expect(ledger.complaints(names)).toEqual([]);
  });
}
