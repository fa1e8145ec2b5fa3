import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPluginRequest } from "../../handlers/pluginRequest.ts";
import { ServiceError } from "../../handlers/serviceError.ts";
import { holds } from "./properties.ts";

const PLUGIN = "datocms-plugin-automatic-environment-backups";
const WORD = "DATOCMS_AUTOMATIC_BACKUPS_PLUGIN";
const CALLS = ["health", "status", "disconnect"] as const;
type Call = (typeof CALLS)[number];
type Body = Record<string, unknown>;

/** What the installed plugin sends, written out here so that a changed constant is noticed. */
const VALID = {
  health: {
    event_type: "plugin_health_ping",
    mpi: { message: `${WORD}_PING`, version: "2026-02-26", phase: "config_connect" },
    plugin: { name: PLUGIN, environment: "main" },
  },
  status: {
    event_type: "backup_status_request",
    mpi: { message: `${WORD}_STATUS`, version: "2026-02-26" },
    plugin: { name: PLUGIN, environment: "main" },
  },
  disconnect: {
    event_type: "scheduler_disconnect_request",
    mpi: { message: `${WORD}_SCHEDULER_DISCONNECT`, version: "2026-02-26" },
    plugin: { name: PLUGIN, environment: "main" },
  },
} as const;

function refusal(call: Call, body: Body): ServiceError {
  try {
    checkPluginRequest(call, body);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
  throw new Error("It was not refused");
}

/** The body with one member replaced; `undefined` leaves it out. */
function changed(call: Call, path: string, value: unknown): Body {
  const body: Body = structuredClone(VALID[call]);
  const [outer = "", inner] = path.split(".");
  if (inner === undefined) return value === undefined ? without(body, outer) : { ...body, [outer]: value };
  const part: Body = { ...Object(body[outer]) };
  return { ...body, [outer]: value === undefined ? without(part, inner) : { ...part, [inner]: value } };
}

function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}

describe("what the plugin sends", () => {
  test.each(CALLS)("is taken: %s", (call) => {
    expect(() => checkPluginRequest(call, VALID[call])).not.toThrow();
  });
  test.each(["finish_installation", "config_mount", "config_connect"])(
    "is taken in the phase %s",
    (phase) => {
      expect(() => checkPluginRequest("health", changed("health", "mpi.phase", phase))).not.toThrow();
    },
  );
  test("is taken with members that nobody knows", () => {
    expect(() => checkPluginRequest("status", { ...VALID.status, extra: { a: 1 } })).not.toThrow();
  });
  test("needs no phase but in the health check", () => {
    expect(refusal("health", changed("health", "mpi.phase", undefined)).code).toBe("INVALID_MPI_PHASE");
    expect(() => checkPluginRequest("status", changed("status", "mpi.phase", "odd"))).not.toThrow();
  });
});

describe.each(CALLS)("a mistake in %s has a code of its own:", (call) => {
  test.each([
    ["event_type", "INVALID_EVENT_TYPE"],
    ["mpi", "INVALID_MPI_MESSAGE"],
    ["mpi.message", "INVALID_MPI_MESSAGE"],
    ["mpi.version", "INVALID_MPI_VERSION"],
    ["plugin", "INVALID_PLUGIN_NAME"],
    ["plugin.name", "INVALID_PLUGIN_NAME"],
    ["plugin.environment", "INVALID_PLUGIN_ENVIRONMENT"],
  ])("%s: %s", (path, code) => {
    for (const value of [undefined, null, "", "odd", 7, true, [], {}, ["main"]]) {
      // Any text that is not blank names an environment.
      if (path === "plugin.environment" && value === "odd") continue;
      const error = refusal(call, changed(call, path, value));
      expect(error).toMatchObject({ code, status: 400 });
      expect(typeof error.details.expected).toBe("string");
    }
  });
});

describe("the details of a refusal", () => {
  test("name what was expected and what came", () => {
    const error = refusal("status", changed("status", "mpi.version", "2020-01-01"));
    expect(error.details).toEqual({ expected: "2026-02-26", received: "2020-01-01" });
  });
  test("leave out what did not come", () => {
    expect(refusal("status", changed("status", "mpi.version", undefined)).details).toEqual({
      expected: "2026-02-26",
    });
  });
  test("never repeat more than a line of what came", () => {
    const error = refusal("status", changed("status", "event_type", "x".repeat(50_000)));
    expect(JSON.stringify(error.details).length).toBeLessThan(300);
    expect(refusal("status", changed("status", "event_type", { deep: "x" })).details.received).toBe("object");
  });
});

test("the first mistake in the documented order counts", () => {
  const order = [
    ["event_type", "INVALID_EVENT_TYPE"],
    ["mpi.message", "INVALID_MPI_MESSAGE"],
    ["mpi.version", "INVALID_MPI_VERSION"],
    ["mpi.phase", "INVALID_MPI_PHASE"],
    ["plugin.name", "INVALID_PLUGIN_NAME"],
    ["plugin.environment", "INVALID_PLUGIN_ENVIRONMENT"],
  ] as const;
  const wrong: Body = { event_type: 1, mpi: { message: 1, version: 1, phase: 1 }, plugin: { name: 1 } };
  const mended: Body = structuredClone(wrong);
  for (const [path, code] of order) {
    expect(refusal("health", mended).code).toBe(code);
    const [outer = "", inner] = path.split(".");
    const right: Body = { ...VALID.health };
    if (inner === undefined) mended[outer] = right[outer];
    else mended[outer] = { ...Object(mended[outer]), [inner]: Object(right[outer])[inner] };
  }
  expect(() => checkPluginRequest("health", mended)).not.toThrow();
});

test.each(["", " ", "\t\n"])("a blank environment (%j) is none", (environment) => {
  expect(refusal("status", changed("status", "plugin.environment", environment)).code).toBe(
    "INVALID_PLUGIN_ENVIRONMENT",
  );
});

test("any object is taken or refused with 400, never met with a bug", async () => {
  await holds(
    fc.property(
      fc.constantFrom(...CALLS),
      fc.dictionary(fc.constantFrom("event_type", "mpi", "plugin", "x"), fc.jsonValue()),
      (call, body) => {
        expect(refusal(call, body).status).toBe(400);
      },
    ),
    500,
  );
});
