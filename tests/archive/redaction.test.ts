import { describe, expect, test } from "vitest";
import { redacted, redaction } from "../../services/archive/capture/redaction.ts";

const SECRET = "s3cr3t";
const hide = redaction(undefined);
const withKey = redaction((text) => Buffer.from(text).toString("hex").padEnd(64, "0"));

describe("no secret gets into an archive:", () => {
  test.each([
    ["plugin", { name: "P", parameters: { apiKey: SECRET } }],
    ["webhook", { headers: { Authorization: SECRET }, http_basic_user: SECRET, http_basic_password: SECRET }],
    ["webhook", { url: `https://${SECRET}:${SECRET}@example.com/hook` }],
    ["webhook", { url: `https://example.com/hook?token=${SECRET}#${SECRET}` }],
    ["webhook", { url: `${SECRET}, which is no address` }],
    ["build_trigger", { adapter_settings: { x: SECRET }, webhook_url: SECRET, webhook_token: SECRET }],
    ["access_token", { name: "CI", token: SECRET }],
    ["site", { google_maps_api_token: SECRET }],
  ])("%s %j", (type, attributes) => {
    const resource = { id: "1", type, attributes };
    for (const redact of [hide, withKey]) {
      const text = JSON.stringify(redacted(resource, redact));
      expect(text).not.toContain(SECRET);
      expect(text).toContain("$redacted");
    }
  });

  test("what is no secret stays", () => {
    const webhook = {
      id: "1",
      type: "webhook",
      attributes: { url: "https://example.com/hook", headers: {} },
    };
    expect(redacted(webhook, hide)).toEqual(webhook);
    const record = { id: "1", type: "item", attributes: { token: "a word", parameters: "another" } };
    expect(redacted(record, hide)).toEqual(record);
  });

  test("with a key it is told whether a secret is still the same", () => {
    const token = (value: string) =>
      redacted({ id: "1", type: "access_token", attributes: { token: value } }, withKey).attributes.token;
    expect(token("a")).toEqual(token("a"));
    expect(token("a")).not.toEqual(token("b"));
  });
});
