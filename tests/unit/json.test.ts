import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, formatJson, isSameJson, type Json, parseJson } from "../../utils/json.ts";

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

describe("two values are the same where their canonical texts are:", () => {
  const isSame = (one: Json, other: Json) => {
    const expected = canonicalJson(one) === canonicalJson(other);
    expect([isSameJson(one, other), isSameJson(other, one)]).toEqual([expected, expected]);
    return expected;
  };

  test.each([
    ['{"b":[1,{"c":null}],"a":0}', '{"a":-0,"b":[1.0,{"c":null}]}', true],
    ["[9007199254740993,1e21]", "[9007199254740993,1e21]", true],
    ["[9007199254740993]", "[9007199254740992]", false],
    ["[9007199254740993]", '["9007199254740993"]', false],
    ["[1000000000000000000000]", "[1e21]", false],
    ['{"a":null}', '{"b":null}', false],
    ['{"a":null}', "{}", false],
    ['{"__proto__":{}}', '{"toString":{}}', false],
    ["[[]]", "[{}]", false],
    ["[]", "null", false],
    ["[1,2]", "[1]", false],
    ['{"0":1}', "[1]", false],
  ])("%s and %s: %s", (one, other, expected) => {
    expect(isSame(parseJson(one), parseJson(other))).toBe(expected);
  });

  test("any two", () => {
    // Few names and values, so that many are equal.
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("null", "true", "1", "1.0", "1e9", '"1"', '""'),
        fc.array(tie("value"), { maxLength: 2 }).map((items) => `[${items.join(",")}]`),
        fc
          .dictionary(fc.constantFrom("a", "b", "__proto__"), tie("value"))
          .map((members) => `{${Object.entries(members).map(([name, each]) => `"${name}":${each}`)}}`),
      ),
    }));
    const parsed = value.map((text) => parseJson(`[${text}]`));
    let same = 0;
    fc.assert(
      fc.property(parsed, parsed, (one, other) => {
        if (isSame(one, other)) same += 1;
      }),
      { numRuns: 1_000 },
    );
    expect(same).toBeGreaterThan(0);
  });
});

test("what is no JSON is refused", () => {
  expect(() => parseJson('{"a":')).toThrow(SyntaxError);
  expect(() => parseJson('{"a":9007199254740993')).toThrow(SyntaxError);
});
