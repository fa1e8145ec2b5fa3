import { describe, expect, test } from "vitest";
import { errorOf, orThrow } from "../../handlers/failures.ts";
import { ServiceError } from "../../handlers/serviceError.ts";
import { failed, idIsPrimary, noRoom, RATE_LIMITED, succeeded } from "../../utils/failures.ts";
import { environmentNotFound } from "../../utils/refusals.ts";

describe("a failure in the documented envelope", () => {
  test("is 500 with its cause, its facts and what else is known", () => {
    const error = errorOf(noRoom("nothing was destroyed for it", { limit: 3, inUse: 3 }), { scope: "daily" });
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
      status: 500,
      message: expect.stringMatching(/^The DatoCMS plan has no room for another environment; nothing was /),
    });
    expect(error.details).toEqual({
      cause: "ENVIRONMENT_LIMIT_REACHED",
      limit: 3,
      inUse: 3,
      scope: "daily",
    });
  });

  test("is 409 with a code of its own where today's copy was promoted", () => {
    const error = errorOf(idIsPrimary("backup-plugin-daily-2026-02-26"));
    expect(error).toMatchObject({
      code: "BACKUP_ID_IS_PRIMARY",
      status: 409,
      message: expect.stringMatching(/^backup-plugin-daily-2026-02-26 is the primary .* Rename the primary /),
      details: { cause: "BACKUP_ID_IS_PRIMARY" },
    });
  });

  test("has its cause as code, and no other, where the service itself refuses", () => {
    const error = errorOf(environmentNotFound("gone", []));
    expect(error).toMatchObject({ code: "ENVIRONMENT_NOT_FOUND", status: 404 });
    expect(error.details).toEqual({ environmentId: "gone", copies: [] });
  });
});

test("details are always an object", () => {
  expect(new ServiceError("NOT_FOUND", 404, "Nothing here.").details).toEqual({});
});

test("a result is its value, or an error with a name, a sentence and no enumerable stack", () => {
  expect(orThrow(succeeded(1))).toBe(1);
  const error = errorOf(RATE_LIMITED);
  expect(() => orThrow(failed(RATE_LIMITED))).toThrow(error);
  expect(error).toMatchObject({
    name: "ServiceError",
    message: `${RATE_LIMITED.problem} ${RATE_LIMITED.advice}`,
  });
  expect(Object.keys(error)).not.toContain("stack");
});
