import { describe, expect, it } from "vitest";
import type { Mode } from "../../services/restoreService.ts";
import { type DamageName, damages } from "./damages.ts";
import { differencesOf } from "./differences.ts";
import { type Editor, Refused } from "./editor.ts";
import { brokenPromises } from "./promises.ts";
import { restoresOf, valueFrom } from "./service.ts";
import { nastySite } from "./support.ts";
import { everyPair } from "./switches.ts";

/** Whatever DatoCMS does where nobody knows it: archive, damage, restore, and it is as the mode promises. */

const rows = everyPair();
const MODES: readonly Mode[] = ["mirror", "overwrite", "add"];
const names = Object.keys(damages).filter((name): name is DamageName => name in damages);
/** Dealt so that each of them is met once, under whatever switches. */
const dealt = (row: number, mode: number) =>
  names.filter((_, nth) => nth % (rows.length * MODES.length) === row * MODES.length + mode);

/** @returns those that were done: after one damage another may be impossible */
async function inflict(editor: Editor, some: readonly DamageName[]): Promise<DamageName[]> {
  const done: DamageName[] = [];
  for (const name of some) {
    try {
      await damages[name].inflict(editor);
      done.push(name);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return done;
}

describe.each(rows.map((unknowns, row) => [row, unknowns] as const))("under setting %i", (row, unknowns) => {
  it(`each mode keeps what it promises: ${MODES.map((_, mode) => dealt(row, mode).join(", ")).join("; ")}`, async () => {
    const site = nastySite({ contentUnknowns: unknowns });
    const { service, archive, request } = await restoresOf(site);
    await site.clock.run(async () => {
      await archive("main");
      for (const [nth, mode] of MODES.entries()) {
        site.project.user.fork(null, mode, { ready: true });
        const source = site.state(mode);
        expect(await inflict(site.editor(mode), dealt(row, nth))).not.toEqual([]);
        const before = site.state(mode);
        const asked = request({ into: { kind: "existing", id: mode }, wishes: { mode } });
        const { refused } = valueFrom(await service.apply(asked));
        const after = site.state(mode);
        expect(brokenPromises({ wishes: asked.wishes, source, before, after, refused }), mode).toEqual([]);
        // What is told as refused is the exception, unless ids cannot be given again.
        if (mode === "mirror" && unknowns.deletedIds === "free" && unknowns.otherDeletedIds === "free")
          expect(differencesOf(source, after).length).toBeLessThan(differencesOf(source, before).length / 2);
      }
    });
  }, 600_000);
});
