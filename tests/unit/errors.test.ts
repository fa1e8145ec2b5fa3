import { describe, expect, test } from "vitest";
import { failureError, failureIn, ServiceError } from "../../utils/errors.ts";

describe("a failure in the documented envelope", () => {
  test("is 500 with its cause, its facts and what else is known", () => {
    const error = failureError(
      { cause: "ENVIRONMENT_LIMIT_REACHED", sentence: "No room.", facts: { limit: 3, inUse: 3 } },
      { scope: "daily" },
    );
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: "INTERNAL_SERVER_ERROR", status: 500, message: "No room." });
    expect(error.details).toEqual({
      cause: "ENVIRONMENT_LIMIT_REACHED",
      limit: 3,
      inUse: 3,
      scope: "daily",
    });
  });

  test("is 409 with a code of its own where today's copy was promoted", () => {
    const error = failureError({ cause: "BACKUP_ID_IS_PRIMARY", sentence: "Rename the primary." });
    expect(error).toMatchObject({
      code: "BACKUP_ID_IS_PRIMARY",
      status: 409,
      message: "Rename the primary.",
    });
  });
});

test("details are always an object", () => {
  expect(new ServiceError("NOT_FOUND", 404, "Nothing here.").details).toEqual({});
});

test("such an error is one, with a name, a sentence, its failure and no enumerable stack", () => {
  const failure = { cause: "RATE_LIMITED", sentence: "Too many calls." } as const;
  const error = failureError(failure);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "ServiceError", message: "Too many calls." });
  expect(JSON.stringify(error)).not.toContain("at ");
  expect(failureIn(error)).toBe(failure);
});

test("no failure is read into errors that are about something else", () => {
  for (const error of [
    new ServiceError("NOT_FOUND", 404, "Nothing here."),
    new Error("A bug"),
    undefined,
    "text",
  ])
    expect(failureIn(error)).toBeUndefined();
});
