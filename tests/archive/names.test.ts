import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeFileName, withoutDevice } from "../../services/archive/names.ts";

describe("the name of an upload's file in a tar", () => {
  test.each([
    ["photo.jpg", "photo.jpg"],
    ["Größe 2.png", "Größe 2.png"],
    ["写真.jpg", "写真.jpg"],
    ["../../etc/passwd", "_._.._etc_passwd"],
    ["..", "_"],
    [".htaccess", "_htaccess"],
    ["C:\\temp\\x.txt", "C__temp_x.txt"],
    ["con", "_con"],
    ["CON.txt", "_CON.txt"],
    ["console.txt", "console.txt"],
    ["line\nbreak\u202egpj.exe", "line_break_gpj.exe"],
    ["half \ud800 pair", "half _ pair"],
    ["ends with a dot. ", "ends with a dot"],
    ["", "file"],
    [" ", "file"],
  ])("%j becomes %j", (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  test("that is too long keeps its extension", () => {
    const safe = safeFileName(`${"ü".repeat(300)}.jpeg`);
    expect(safe).toMatch(/^ü+\.jpeg$/);
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(150);
    expect(Buffer.byteLength(safeFileName(`x.${"y".repeat(400)}`))).toBeLessThanOrEqual(150);
  });

  test("is one part of a path that every system takes, whatever the upload is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (name) => {
        const safe = safeFileName(name);
        expect(safe).toMatch(/^[^\p{Cc}\p{Cs}<>:"/\\|?*.\s][^\p{Cc}\p{Cs}<>:"/\\|?*]*$/u);
        expect(safe).not.toMatch(/[. ]$/);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(150);
        expect(safeFileName(safe)).toBe(safe);
      }),
      { numRuns: 300 },
    );
  });
});

test("a model's folder is its API key, but for a device's name", () => {
  expect(["article", "con", "com1", "console"].map(withoutDevice)).toEqual([
    "article",
    "_con",
    "_com1",
    "console",
  ]);
});
