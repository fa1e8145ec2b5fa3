import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { expectError } from "../expectations.ts";
import { group } from "../group.ts";
import { type Host, WRONG_SECRET } from "../host.ts";

const OPENAPI = "/openapi.json";

/** The contract's own description, which every bundle carries. */
export function openapi(host: Host): void {
  group(host, "openapi.json", { options: "shared" }, (check) => {
    check("is served as the repository keeps it", "no calls", async ({ send }) => {
      const answer = await send("GET", OPENAPI);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("application/json");
      const kept = readFileSync(new URL("../../../openapi.json", import.meta.url), "utf8");
      expect(answer.body).toEqual(JSON.parse(kept));
    });

    check("401 without the secret, 405 for what is no GET", "no calls", async ({ send }) => {
      for (const secret of [null, WRONG_SECRET])
        expectError(await send("GET", OPENAPI, { secret }), 401, "UNAUTHORIZED");
      for (const method of ["POST", "PUT", "DELETE"])
        expectError(await send(method, OPENAPI), 405, "METHOD_NOT_ALLOWED");
    });
  });
}
