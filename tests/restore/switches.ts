import type { ContentUnknowns } from "../../emulator/content/unknowns.ts";

type Positions = { readonly [Name in keyof ContentUnknowns]: readonly ContentUnknowns[Name][] };

/** Every position of every switch of content, the default first. */
export const positions: Positions = {
  itemsVersion: ["by-site", "current", "published"],
  blocksInList: ["included", "left-out"],
  idOrder: ["bytes", "letters"],
  dastKeyOrder: ["alphabetical", "kept"],
  integerIds: ["refuse", "accept"],
  deletedIds: ["free", "taken"],
  otherDeletedIds: ["free", "taken"],
  jobRefusals: ["at-once", "in-job"],
  blockErrorField: ["outer", "path"],
  forkVersionIds: ["kept", "new"],
  selectivePublishMovesPublishedAt: [true, false],
  movesMakeVersions: [false, true],
  schemaChangesMakeVersions: [false, true],
  schemaChangesReachPublished: [true, false],
  blockModelInUse: ["strip", "refuse"],
  bulkPublishLinks: ["one-by-one", "together"],
  schedulesFireInSandboxes: [true, false],
  updateHonoursDates: [true, false],
  uploadInUse: ["refuse", "strip"],
  basenameLetters: ["normalised", "kept"],
  oldAddress: ["served", "gone"],
};

interface Choice {
  readonly name: string;
  readonly value: unknown;
}

const choices: readonly Choice[] = Object.entries(positions).flatMap(([name, values]) =>
  values.map((value): Choice => ({ name, value })),
);

/** So few settings of all switches that any position of a switch is in one of them; the first is the defaults. */
export function everyPosition(): Partial<ContentUnknowns>[] {
  const most = Math.max(...Object.values(positions).map(({ length }) => length));
  return Array.from({ length: most }, (_, row) =>
    Object.fromEntries(
      Object.entries(positions).map(([name, values]) => [name, values[Math.min(row, values.length - 1)]]),
    ),
  );
}

/** So few settings of all switches that any two positions of two switches are together in one of them. */
export function everyPair(): Partial<ContentUnknowns>[] {
  const missing = new Set(
    choices.flatMap((one) => choices.flatMap((other) => (one.name < other.name ? [pairOf(one, other)] : []))),
  );
  const rows: Record<string, unknown>[] = [];
  while (missing.size > 0) {
    const row = rowFor(missing);
    for (const pair of pairsIn(row)) missing.delete(pair);
    rows.push(Object.fromEntries(row.map(({ name, value }) => [name, value])));
  }
  return rows;
}

/** Takes for each switch the position that makes most of the missing pairs with those that were taken. */
function rowFor(missing: ReadonlySet<string>): Choice[] {
  const row: Choice[] = [];
  for (const [name, values] of Object.entries(positions)) {
    const worth = (value: unknown) => {
      const now = row.filter((other) => missing.has(pairOf({ name, value }, other))).length;
      const later = [...missing].filter((pair) => pair.includes(`"${name}=${value}"`)).length;
      return now * 1000 + later;
    };
    const best = values.reduce<unknown>(
      (kept, value) => (worth(value) > worth(kept) ? value : kept),
      values[0],
    );
    row.push({ name, value: best });
  }
  return row;
}

function pairsIn(row: readonly Choice[]): string[] {
  return row.flatMap((one) => row.flatMap((other) => (one.name < other.name ? [pairOf(one, other)] : [])));
}

function pairOf(one: Choice, other: Choice): string {
  return JSON.stringify([one, other].map(({ name, value }) => `${name}=${value}`).sort());
}
