import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, formatJson, parseJson } from "../../utils/json.ts";

describe("JSON comes back as it was:", () => {
  test.each([
    ["integers beyond 2^53", '{"n":9007199254740993,"m":-12345678901234567890}'],
    ["a number with an exponent", "[1e21]"],
    ["many decimals", '{"f":0.1234567890123456789}'],
    ["a member named __proto__", '{"__proto__":{"a":1},"toString":2,"n":9007199254740993}'],
    ["a member named __proto__ among safe numbers", '{"__proto__":{"a":1},"constructor":null}'],
    ["texts that look like numbers", '{"text":", 12345678901234567890","id":"2e5"}'],
    ["lone surrogates and control characters", '{"t":"\\ud800\\u0000é"}'],
  ])("%s", (_, text) => {
    expect(formatJson(parseJson(text))).toBe(text);
  });

  test("any value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(formatJson(parseJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });
});

test("equal values have one canonical text, whatever the order of their members", () => {
  const one = parseJson('{"b":[{"y":1,"x":9007199254740993}],"a":null}');
  const other = parseJson('{"a":null,"b":[{"x":9007199254740993,"y":1.0}]}');
  expect(canonicalJson(one)).toBe('{"a":null,"b":[{"x":9007199254740993,"y":1}]}');
  expect(canonicalJson(other)).toBe(canonicalJson(one));
});

test("what is no JSON is refused", () => {
  expect(() => parseJson('{"a":')).toThrow(SyntaxError);
  expect(() => parseJson('{"a":9007199254740993')).toThrow(SyntaxError);
});
