import { describe, expect, test } from "vitest";
import { world } from "./support.ts";

describe("60 requests in 3 seconds", () => {
  test("pass; the next gets a 429 that says in how many seconds to come back", async () => {
    const { raw, clock } = world();
    const answers = await Promise.all(Array.from({ length: 80 }, () => raw("GET", "/environments")));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
    expect(answers[0]?.headers.get("x-ratelimit-limit")).toBe("60");
    expect(answers[0]?.headers.get("x-ratelimit-remaining")).toBe("59");
    expect(answers[0]?.headers.get("x-ratelimit-reset")).toBeNull();
    expect(answers[60]?.status).toBe(429);
    expect(answers[60]?.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(answers[60]?.headers.get("x-ratelimit-reset")).toBe("3");
    expect(await answers[60]?.text()).toContain('"code":"RATE_LIMIT_EXCEEDED"');

    await clock.advance(2999);
    const soon = await raw("GET", "/environments");
    expect([soon.status, soon.headers.get("x-ratelimit-reset")]).toEqual([429, "1"]);
    await clock.advance(1);
    expect((await raw("GET", "/environments")).headers.get("x-ratelimit-remaining")).toBe("59");
  });

  test("are counted per project, and a refused call has no effect", async () => {
    const { raw, project, emulator } = world({ rateLimit: { limit: 1, windowMs: 1000 } });
    emulator.addProject({ token: "token-of-project-two" });
    await raw("GET", "/site");
    expect((await raw("PUT", "/environments/main/rename")).status).toBe(429);
    const other = { headers: { authorization: "Bearer token-of-project-two" } };
    expect((await raw("GET", "/site", other)).status).toBe(200);
    expect(project.environments()[0]?.id).toBe("main");
  });

  test("are not let in early by a wall clock that jumps", async () => {
    const { raw, clock } = world({ rateLimit: { limit: 1, windowMs: 60_000 } });
    await raw("GET", "/site");
    clock.jump(3_600_000);
    expect((await raw("GET", "/site")).status).toBe(429);
  });
});

test("no limit sends no headers about it", async () => {
  const { raw } = world({ rateLimit: null });
  const answers = await Promise.all(Array.from({ length: 200 }, () => raw("GET", "/site")));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(answers[0]?.headers.has("x-ratelimit-limit")).toBe(false);
});
