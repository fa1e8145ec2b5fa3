import { expect } from "vitest";
import type { Answer } from "./scene.ts";

/**
 * By a real clock, on a machine that does other things too: given up, and not waited for until a run must end.
 * That it takes 8 s at most is judged on virtual time.
 */
export const GAVE_UP_MS = 20_000;

/** A member deep inside an answer; undefined where there is none. */
export function pick(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Object.entries(found).find(([name]) => name === key)?.[1];
  }
  return found;
}

/** The documented error envelope, with this status and code; its `details` where they are given. */
export function expectError(answer: Answer, status: number, code: string, details?: object): void {
  expect({ status: answer.status, body: answer.body }).toMatchObject({
    status,
    body: {
      ok: false,
      error: { code, message: expect.stringMatching(/\S/), details: details ?? expect.any(Object) },
    },
  });
}

/** A 500 that says what stands behind it and under which id the log tells more. */
export function expectCause(answer: Answer, cause: string): void {
  const requestId = expect.stringMatching(/^[\da-f-]{36}$/);
  expectError(answer, 500, "INTERNAL_SERVER_ERROR", expect.objectContaining({ cause, requestId }));
}

/** A success, with at least these members. */
export function expectOk(answer: Answer, body: object = {}): void {
  expect({ status: answer.status, body: answer.body }).toMatchObject({
    status: 200,
    body: { ok: true, ...body },
  });
}

/** ISO 8601 in UTC, with milliseconds. */
export function anInstant(): unknown {
  return expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
}

/** The documented members of a result whose copy is ready. */
export function aResult(scope: string, created: string, deleted: string | null) {
  return {
    scope,
    state: "ready",
    createdEnvironmentId: created,
    deletedEnvironmentId: deleted,
    deletedEnvironmentIds: deleted === null ? [] : [deleted],
    completedAt: anInstant(),
  };
}

/** Tries until it holds: for what comes to pass a moment after an answer. Gives up after two seconds. */
export async function eventually(holds: () => void): Promise<void> {
  const until = performance.now() + 2_000;
  for (;;) {
    try {
      holds();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** The answer, or undefined where the connection was cut: who still sends may see that before the answer. */
export async function unlessCutOff(answer: Promise<Answer>): Promise<Answer | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof TypeError && error.message === "fetch failed") return undefined;
    throw error;
  });
}
