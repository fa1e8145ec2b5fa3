import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { badRequest } from "../../handlers/pluginRequest.ts";
import { name } from "../../services/datocms/role.ts";
import { discord } from "../../services/notify/channels/discord.ts";
import { heartbeat } from "../../services/notify/channels/heartbeat.ts";
import { slack } from "../../services/notify/channels/slack.ts";
import { testNotification } from "../../services/notify/messages.ts";
import { cutText } from "../../utils/cutText.ts";
import { holds } from "./properties.ts";

const FAMILY = "👨‍👩‍👧";
const FLAG = "🇮🇹";
const LONE = /\p{Surrogate}/u;

describe("a text is cut", () => {
  test.each([
    ["short", 5, "short"],
    ["longer", 5, "longe"],
    [`abcd${FAMILY}`, 5, "abcd"],
    [`abcd${FAMILY}`, 11, "abcd"],
    [`abcd${FAMILY}!`, 12, `abcd${FAMILY}`],
    [`abcd${FLAG}${FLAG}`, 9, `abcd${FLAG}`],
    ["cafe\u0301s", 4, "caf"],
    ["", 0, ""],
  ])("between its letters: %j to %i", (text, most, expected) => {
    expect(cutText(text, most)).toBe(expected);
  });

  test("with a mark in the place of what went", () => {
    expect(cutText("longer", 5, "…")).toBe("long…");
    expect(cutText(`abcd${FAMILY}`, 6, "…")).toBe("abcd…");
    expect(cutText("short", 5, "…")).toBe("short");
  });

  test("within a letter that alone is too long, but not within a pair of surrogates", () => {
    const long = `e${"\u0301".repeat(50)}`;
    expect(cutText(long, 10)).toBe(long.slice(0, 10));
    expect(cutText(`😀${"\u{1f3fb}".repeat(9)}`, 7)).not.toMatch(LONE);
  });

  test("to what fits, whatever it is, and never to half a character", async () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom("a", FAMILY, FLAG, "😀", "\u0301", "\ud83d", "\udc00") }),
      fc.string({ unit: "binary" }),
    );
    await holds(
      fc.property(text, fc.nat(40), fc.constantFrom("", "…"), (given, most, mark) => {
        fc.pre(most >= mark.length);
        const cut = cutText(given, most, mark);
        expect(cut.length).toBeLessThanOrEqual(most);
        expect(cut).not.toMatch(LONE);
        const kept = cut === given.toWellFormed() ? cut : cut.slice(0, cut.length - mark.length);
        expect(given.toWellFormed().startsWith(kept)).toBe(true);
      }),
      500,
    );
  });
});

describe("no half character stands in", () => {
  const at = (most: number) => `${"x".repeat(most - 1)}😀${"x".repeat(10_000)}`;
  const wellFormed = (sent: string | undefined) => {
    expect(sent).toBeDefined();
    expect(sent).not.toMatch(LONE);
    expect(sent).not.toMatch(/\\ud[89a-f]/i);
    expect(decodeURIComponent(sent ?? "")).not.toContain("\ufffd");
  };

  test("what is echoed of a body", () => {
    const { details } = badRequest("INVALID_PLUGIN_NAME", "plugin.name", "another", at(100));
    wellFormed(String(details.received));
    expect(badRequest("INVALID_PLUGIN_NAME", "plugin.name", "another", "\ud83d").details.received).toBe(
      "\ufffd",
    );
  });

  test("names of project and role, as the check shows them", () => {
    wellFormed(name.parse(at(80)));
  });

  test("chats' messages", async () => {
    for (const most of [149, 150, 255, 256, 2_999, 3_000, 4_095, 4_096]) {
      const sample = { ...testNotification("2026-03-04"), title: at(most), sentence: at(most) };
      const messages = [{ ...sample, id: "test-1", sentAt: 0 }] as const;
      const url = "https://chat.test/";
      wellFormed((await slack.request({ channel: "slack", url }, messages)).body);
      wellFormed((await discord.request({ channel: "discord", url }, messages)).body);
    }
  });

  test("what a dead-man's switch is sent, in its address or as a body", async () => {
    const failure = { cause: "FORK_FAILED", sentence: at(1_000 - "FORK_FAILED: ".length) };
    const signal = (url: string) =>
      heartbeat.request({ channel: "heartbeat", cadence: "daily", url }, [
        { state: "fail", beganAt: 0, failure },
      ]);
    wellFormed((await signal("https://cronitor.link/p/a/b")).url);
    wellFormed((await signal("https://hc.test/ping/a")).body);
  });
});
