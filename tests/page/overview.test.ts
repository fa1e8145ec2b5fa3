import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { idOf, openScene, QUIET, SCENES, type Scene, seedAll } from "./states.ts";
import { SECRET, type Site } from "./support.ts";

const MINUTE_MS = 60_000;

function scene(name: string): Scene {
  const found = SCENES.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no scene ${name}.`);
  return found;
}

function headlineIn(text: string): string {
  return (/<h1>(.*?)<\/h1>/s.exec(text)?.[1] ?? "").replace(/<span[^>]*>.*?<\/span>/g, "").trim();
}

describe("the headline of a project", () => {
  test.each(SCENES)("that is $name", async ({ open, headline }) => {
    const site = await open();
    await site.signIn(SECRET);
    const { status, text } = await site.ask("/");
    expect(status).toBe(200);
    expect(headlineIn(text)).toMatch(headline);
  });
});

describe("what else the headline goes by", () => {
  const headline = async (site: Site) => {
    await site.signIn(SECRET);
    return headlineIn((await site.ask("/?fresh")).text);
  };

  test("a plugin that cannot be read for a moment is DatoCMS's trouble, not that of backups", async () => {
    const site = await scene("fine").open();
    const effect = { kind: "status", status: 503 } as const;
    site.project.faults.add({ operation: "plugins.list", times: Number.POSITIVE_INFINITY, effect });
    expect(await headline(site)).toBe("DatoCMS does not answer");
  });

  test("where nothing calls, nothing is said to come", async () => {
    const site = await scene("fine").open();
    site.set({ BACKUP_CRON: "off" });
    expect(await headline(site)).toBe("Backups are made only if something else calls the service");
    const { text } = await site.ask("/");
    expect(text).not.toContain(", next ");
    expect(text).not.toContain("can be got back until");
  });

  test("the worst warning is named, not the first", async () => {
    const site = await scene("fine").open();
    site.set({ BACKUP_CRON: "off", ALERT_SLACK_WEBHOOK_URL: undefined });
    expect(await headline(site)).toBe("Backups are made only if something else calls the service");
  });

  test("a store that hangs keeps neither the page nor what DatoCMS says", async () => {
    const never = new Promise<never>(() => {});
    const runs = { ...QUIET.runs, atAGlance: () => never };
    const site = seedAll(openScene({ runtime: { offsite: { ...QUIET, runs, archives: () => never } } }));
    expect(await headline(site)).toBe("Everything is backed up");
  });

  test("a failed run leads to its page", async () => {
    const site = await scene("failed").open();
    await site.signIn(SECRET);
    expect((await site.ask("/")).text).toContain('<a href="/runs/run_daily_1">What happened</a>');
  });

  test("while a backup is being made only the list of environments is asked for", async () => {
    const site = await scene("running").open();
    await site.signIn(SECRET);
    await site.ask("/");
    site.emulator.clearRequests();
    await site.clock.advance(11_000);
    await site.ask("/");
    expect(site.emulator.requests.map(({ operation }) => operation)).toEqual(["environments.list"]);
  });
});

describe("what a view costs", () => {
  test("the first one ten calls, the next ones none for an hour, and asking anew ten again", async () => {
    const site = await scene("fine").open();
    await site.signIn(SECRET);
    site.emulator.clearRequests();
    const first = await site.ask("/");
    expect(site.emulator.requests).toHaveLength(10);
    expect(first.text).toContain("This view cost 10 calls to DatoCMS");
    await site.clock.advance(59 * MINUTE_MS);
    const second = await site.ask("/");
    expect(site.emulator.requests).toHaveLength(10);
    expect(second.text).toContain("DatoCMS was asked 59 minutes ago. This view cost no call to DatoCMS.");
    await site.ask("/?fresh");
    expect(site.emulator.requests).toHaveLength(20);
    await site.clock.advance(61 * MINUTE_MS);
    await site.ask("/");
    expect(site.emulator.requests).toHaveLength(30);
  });

  test("while a backup is being made it is looked at every ten seconds, and no more often", async () => {
    const site = await scene("running").open();
    await site.signIn(SECRET);
    const first = await site.ask("/");
    expect(first.text).toContain('data-poll="10"');
    site.emulator.clearRequests();
    await site.ask("/");
    expect(site.emulator.requests).toEqual([]);
    await site.clock.advance(11_000);
    const later = await site.ask("/");
    expect(site.emulator.requests.length).toBeGreaterThan(0);
    expect(headlineIn(first.text)).not.toBe(headlineIn(later.text));
    await site.clock.advance(60_000);
    expect(headlineIn((await site.ask("/")).text)).toBe("Everything is backed up");
  });

  test("writes nothing to DatoCMS", async () => {
    for (const { open } of SCENES) {
      const site = await open();
      const before = site.project.history.length;
      await site.signIn(SECRET);
      site.emulator.clearRequests();
      await site.ask("/?fresh");
      expect(site.emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
      expect(site.project.history.length).toBe(before);
    }
  });

  test("at most 20 KiB of markup, style and script", async () => {
    const site = await scene("fine").open();
    await site.signIn(SECRET);
    const { text } = await site.ask("/");
    const addresses = [...text.matchAll(/(?:href|src)="(\/(?:style|script)[^"]*)"/g)].map(
      ([, address = ""]) => address,
    );
    expect(addresses).toHaveLength(2);
    const files = await Promise.all(addresses.map(async (address) => (await site.ask(address)).text));
    const sizes = [text, ...files].map((each) => gzipSync(each).byteLength);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(20 * 1_024);
  });
});

describe("names that somebody else has chosen", () => {
  const names = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u001b[31mred\u001b[0m",
    "\u202etxt.exe",
    "x".repeat(300),
  ];
  test.each(names)("%j as the project's name is shown and does nothing", async (name) => {
    const site = await scene("fine").open();
    site.set({ ALERT_PROJECT_NAME: undefined });
    site.project.settings.name = name;
    await site.signIn(SECRET);
    const { text, status } = await site.ask("/?fresh");
    expect(status).toBe(200);
    for (const hostile of ["<script>", "<img", "\u001b", "\u202e"]) expect(text).not.toContain(hostile);
  });
});

describe("the last seen of a DatoCMS that is away", () => {
  test("stands below the headline with its age, and gives way to what is there later", async () => {
    const site = await scene("DatoCMS away").open();
    await site.signIn(SECRET);
    const { text } = await site.ask("/");
    expect(text).toContain("This is what was there 2 hours ago.");
    expect(text).toContain(idOf("daily", 0));
    site.project.faults.clear();
    const back = await site.ask("/?fresh");
    expect(headlineIn(back.text)).toBe("Everything is backed up");
    expect(back.text).not.toContain("This is what was there");
  });
});
