import { describe, expect, test } from "vitest";
import { addressOf } from "../../node/address.ts";
import { silentLogger } from "../../utils/logger.ts";
import {
  cloudflareRuntime,
  netlifyRuntime,
  nodeRuntime,
  vercelRuntime,
} from "../../utils/platformAdapters.ts";

const SOCKET = "192.0.2.1";

const asked = (forwarded: string | string[] | undefined, proxies?: number, remoteAddress?: string) =>
  addressOf(
    {
      headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded as string },
      socket: { remoteAddress: remoteAddress ?? SOCKET },
    },
    proxies,
  );

describe("a caller's address", () => {
  test.each<[string, string | undefined, number | undefined, string]>([
    ["is the connection's", undefined, undefined, SOCKET],
    ["is the connection's, whatever the caller says", "203.0.113.1", undefined, SOCKET],
    ["is what the own proxy has added", "203.0.113.1", 1, "203.0.113.1"],
    ["is not what the caller has told the proxy", "10.0.0.1, 203.0.113.1", 1, "203.0.113.1"],
    ["is what the outer of two proxies has added", "10.0.0.1, 203.0.113.1, 192.0.2.9", 2, "203.0.113.1"],
    ["is the connection's where the proxy has added nothing", undefined, 1, SOCKET],
    ["is the connection's where a proxy was left out", "203.0.113.1", 2, SOCKET],
    ["is the connection's where something else stands there", "unknown", 1, SOCKET],
    ["may be of IPv6", "2001:db8::1", 1, "2001:db8::1"],
  ])("%s", (_, forwarded, proxies, address) => {
    expect(asked(forwarded, proxies)).toBe(address);
  });

  test("is an IPv4 one on a server of both kinds too", () => {
    expect(asked(undefined, 0, "::ffff:203.0.113.1")).toBe("203.0.113.1");
    expect(asked(undefined, 0, "::1")).toBe("::1");
  });

  test("is not known where the connection is gone", () => {
    expect(addressOf({ headers: {}, socket: {} })).toBeUndefined();
  });
});

describe("a platform vouches for", () => {
  const forged = {
    "x-forwarded-for": "203.0.113.66",
    forwarded: "for=203.0.113.66",
    "x-client-ip": "203.0.113.66",
  };
  const keep = () => {};

  test("what it writes itself", () => {
    expect(
      cloudflareRuntime({}, "http", undefined, new Headers({ "cf-connecting-ip": "203.0.113.1" })).address,
    ).toBe("203.0.113.1");
    expect(vercelRuntime({}, new Headers({ "x-real-ip": "203.0.113.1" }), keep).address).toBe("203.0.113.1");
    expect(netlifyRuntime({}, "http", undefined, "203.0.113.1").address).toBe("203.0.113.1");
  });

  test("nothing that a caller may write", () => {
    expect(cloudflareRuntime({}, "http", undefined, new Headers(forged)).address).toBeUndefined();
    expect(vercelRuntime({}, new Headers(forged), keep).address).toBeUndefined();
    expect(netlifyRuntime({}, "http").address).toBeUndefined();
    expect(nodeRuntime({ variables: {}, logger: silentLogger }, "http").address).toBeUndefined();
  });
});
