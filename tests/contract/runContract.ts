import { afterAll, describe, expect, test } from "vitest";
import { evidence } from "./evidence.ts";
import type { Host } from "./host.ts";
import { inProcess } from "./hosts/inProcess.ts";
import { ledger } from "./ledger.ts";
import { contractSuite, fewestAnswers, listContract, type Part } from "./suite.ts";

/** What a log holds in any case. */
const EVENTS = ["request", "fork_sent", "run_ended"];

/**
 * Runs the contract, or a part of it, on a host. Each host has a test file of its own: some of their tools change
 * what all others in the process see of `fetch`. The app in process is the measure: what it is asked, every host
 * is asked.
 */
export function runContract(host: Host, part: Part): void {
  const { name } = host;
  const measure = inProcess();

  contractSuite(host, part);
  if (measure.name !== name) listContract(measure, part);

  describe("nothing that was answered or logged", () => {
    test(`by ${name} is missing from the evidence`, () => {
      const answers = evidence.answers.filter((answer) => answer.host === name);
      const text = evidence.written
        .filter((written) => written.host === name)
        .map((written) => written.text)
        .join("");
      expect(answers.length).toBeGreaterThan(2 * fewestAnswers(part));
      for (const event of part === "development" ? EVENTS : [...EVENTS, "request_failed", "run_failed"])
        expect(text).toContain(`"event":"${event}"`);
    });
    test("holds a token or a secret", () => {
      expect(evidence.findLeaks()).toEqual([]);
    });
  });

  afterAll(() => {
    process.stdout.write(`${ledger.table([name])}\n`);
    expect(ledger.complaints([name])).toEqual([]);
  });
}
