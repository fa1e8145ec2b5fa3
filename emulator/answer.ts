import type { Reply } from "./call.ts";
import { asExactNumbers } from "./content/exactNumbers.ts";
import { codeOf, errorDocument, type Refusal, statusOf } from "./errors.ts";
import type { FaultEffect } from "./faults.ts";

export type Answer = {
  kind: "answer";
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds the body comes after the headers. */
  bodyDelayMs: number;
};

/** How a request ends: with an answer, a connection that is cut, or never. */
export type Outcome = Answer | { kind: "dropped" } | { kind: "hung" };

const HTML =
  "<!doctype html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>";

/**
 * @param environment id for the header X-Environment
 * @param number the how-manieth request this answers
 */
export function answerOf(
  { status, document }: Reply,
  environment: string | undefined,
  number: number,
): Answer {
  const headers: Record<string, string> = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": status === 202 ? "no-cache" : "max-age=0, private, must-revalidate",
    "X-Api-Version": "3",
    "X-Request-Id": `00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`,
  };
  if (environment !== undefined) headers["X-Environment"] = environment;
  return {
    kind: "answer",
    status,
    headers,
    body: status === 204 ? "" : asExactNumbers(JSON.stringify(document)),
    bodyDelayMs: 0,
  };
}

/** @returns the error answer of a refusal */
export function failedAnswer(
  { code, details, transient, others }: Refusal,
  number: number,
  statuses?: Readonly<Record<string, number>>,
  environment?: string,
): Answer {
  const document = errorDocument(code, details, transient, others);
  return answerOf({ status: statusOf(code, statuses), document }, environment, number);
}

/** @returns what a fault makes of the answer that would have been */
export function spoil(answer: Answer, fault: FaultEffect): Outcome {
  switch (fault.kind) {
    case "status": {
      const { status, transient } = fault;
      const document = errorDocument(fault.code ?? codeOf(status), { ...fault.details }, transient);
      return {
        ...answer,
        status,
        body: JSON.stringify(document),
        headers: { ...answer.headers, ...fault.headers },
      };
    }
    case "html": {
      const headers = { ...answer.headers, "Content-Type": "text/html; charset=utf-8" };
      return { ...answer, status: fault.status, headers, body: HTML };
    }
    case "broken-json":
      return { ...answer, body: answer.body.slice(0, -2) };
    case "drop":
      return { kind: "dropped" };
    case "hang":
      return { kind: "hung" };
    case "slow-body":
      return { ...answer, bodyDelayMs: fault.ms };
    case "slow":
    case "cut-body":
    case "wrong-bytes":
    case "job-fails":
    case "never-ends":
      return answer;
  }
}
