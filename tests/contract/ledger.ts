import type { Trait } from "./host.ts";

/** One check on one host. */
export interface Entry {
  readonly host: string;
  readonly group: string;
  readonly title: string;
  /** What the host must have for it. */
  readonly needs: readonly Trait[];
  /** `planned` until it has run to its end without failing; `listed` where another host is to have it too. */
  state: "planned" | "passed" | "does-not-apply" | "listed";
  /** DatoCMS calls that the emulator's log shows for it. */
  calls: number;
}

type Wanted = Pick<Entry, "host" | "group" | "title" | "needs">;

/** Every check of the run, so that none can go missing without being missed. */
export class Ledger {
  readonly entries: Entry[] = [];
  /** What went wrong outside of any check. */
  readonly troubles: string[] = [];

  plan(entry: Wanted, applies: boolean): Entry {
    return this.add(entry, applies ? "planned" : "does-not-apply");
  }

  /** What a host run here must have, as one that is run elsewhere has it. */
  list(entry: Wanted): Entry {
    return this.add(entry, "listed");
  }

  private add(entry: Wanted, state: Entry["state"]): Entry {
    const added: Entry = { ...entry, state, calls: 0 };
    this.entries.push(added);
    return added;
  }

  /** What is wrong with the run as a whole; nothing, when every host has passed every check. */
  complaints(hosts: readonly string[]): string[] {
    const complaints: string[] = [...this.troubles];
    const nameOf = ({ group, title }: Entry) => `${group} › ${title}`;
    for (const entry of this.entries)
      if (entry.state === "planned")
        complaints.push(`${entry.host} › ${nameOf(entry)}: failed, or was skipped`);
    const common = new Set(this.entries.filter(({ needs }) => needs.length === 0).map(nameOf));
    for (const host of hosts) {
      const own = this.entries.filter((entry) => entry.host === host);
      const names = own.map(nameOf);
      for (const name of common) if (!names.includes(name)) complaints.push(`${host} › ${name}: missing`);
      for (const name of new Set(names))
        if (names.filter((other) => other === name).length > 1) complaints.push(`${host} › ${name}: twice`);
      if (own.length === 0) complaints.push(`${host}: no checks at all`);
    }
    return complaints;
  }

  /** Host by group: checks that passed, those for hosts of its kind after a plus, DatoCMS calls in brackets. */
  table(hosts: readonly string[]): string {
    const run = this.entries.filter(({ host }) => hosts.includes(host));
    const groups = [...new Set(run.map(({ group }) => group))];
    const cell = (host: string, group?: string) => {
      const entries = this.entries.filter(
        (entry) => entry.host === host && (group === undefined || entry.group === group),
      );
      const passed = entries.filter(({ state }) => state === "passed");
      const flagged = passed.filter(({ needs }) => needs.length > 0).length;
      const calls = passed.reduce((sum, entry) => sum + entry.calls, 0);
      const open = entries.filter(({ state }) => state === "planned").length;
      const plus = flagged > 0 ? ` + ${flagged}` : "";
      return `${passed.length - flagged}${plus} [${calls}]${open > 0 ? ` ${open} NOT PASSED` : ""}`;
    };
    const rows = [
      ["contract", ...hosts],
      ...groups.map((group) => [group, ...hosts.map((host) => cell(host, group))]),
      ["all", ...hosts.map((host) => cell(host))],
    ];
    const widths =
      rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("   "));
    const legend = "passed + passed where the host's own ways apply [DatoCMS calls in the emulator's log]";
    return ["", ...lines.map((line) => line.trimEnd()), legend, ""].join("\n");
  }
}

/** Of the whole contract run. */
export const ledger = new Ledger();
