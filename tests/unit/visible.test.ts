import { describe, expect, test } from "vitest";
import { visible, visibleLines } from "../../utils/visible.ts";

describe("text that goes to a terminal", () => {
  test.each([
    ["a sequence that clears the screen", "a\u001b[2Jb", "a\\u001b[2Jb"],
    ["the same in one character", "a\u009b2Jb", "a\\u009b2Jb"],
    ["a backspace, a bell and a delete", "\b\u0007\u007f", "\\u0008\\u0007\\u007f"],
    ["text that runs backwards", "\u202egpj.exe\u2066", "\\u202egpj.exe\\u2066"],
    ["marks of direction", "\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"],
    ["line breaks of all kinds", "a\nb\rc\u2028d\u2029e\u0085", "a\\u000ab\\u000dc\\u2028d\\u2029e\\u0085"],
    ["ordinary letters, signs and emoji", "Größe ✓ 日本 👩‍💻 العربية", "Größe ✓ 日本 👩‍💻 العربية"],
  ])("with %s", (_, text, shown) => {
    expect(visible(text)).toBe(shown);
    expect(JSON.parse(visible(JSON.stringify(text)))).toBe(text);
  });

  test("of several lines keeps them", () => {
    expect(visibleLines("a\nb\u001bc\n")).toBe("a\nb\\u001bc\n");
  });
});
