import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocatePlaces } from "../../services/backup/places.ts";
import { CADENCES } from "../../utils/config.ts";
import { textOf } from "../docs/support.ts";
import { holds } from "./properties.ts";

/** "What each plan keeps": places, and the cadences that have one. */
const TABLE = [
  ...textOf("docs/how-backups-are-kept.md").matchAll(/^\| (\d)( and more)? \| ([a-z, ]+) \| .* \|$/gm),
].map(([, places, , kept = ""]) => ({
  places: Number(places),
  kept: kept === "none" ? [] : kept === "all four" ? [...CADENCES] : kept.split(", "),
}));

describe("free places", () => {
  test("the document has its table", () => {
    expect(TABLE.map(({ places }) => places)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test.each(TABLE)("on a plan of $places go to $kept", ({ places, kept }) => {
    expect(allocatePlaces(places, 0, [], CADENCES)).toEqual(kept);
    // Sandboxes of others, and backups that are there, take theirs first.
    expect(allocatePlaces(places + 2, 2, [], CADENCES)).toEqual(kept);
    expect(allocatePlaces(places + 2, 1, ["monthly"], CADENCES)).toEqual(kept);
  });

  test("are never more than there are, and no cadence has one before a more important one that asks", async () => {
    const cadences = fc.uniqueArray(fc.constantFrom(...CADENCES));
    await holds(
      fc.property(fc.nat(8), fc.nat(4), fc.array(fc.constantFrom(...CADENCES)), cadences, (...given) => {
        const [capacity, foreign, existing, claims] = given;
        const places = allocatePlaces(capacity, foreign, existing, claims);
        const free = Math.max(0, capacity - foreign - existing.length);
        expect(places).toHaveLength(Math.min(free, claims.length));
        expect(places).toEqual(CADENCES.filter((each) => claims.includes(each)).slice(0, places.length));
      }),
      500,
    );
  });
});
