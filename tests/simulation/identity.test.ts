import { expect, it } from "vitest";
import { copyOf, openWorld, type World } from "./support.ts";

/** Names are used again: what random histories have found about telling one bearer of a name from another. */

const MANUAL = "/api/jobs/daily-backup";

/** The emulator, with something happening right before some calls. */
function before(
  world: World,
  isIt: (method: string, path: string) => boolean,
  act: () => void,
): typeof fetch {
  return (input, init) => {
    const { method, url } = new Request(input, init);
    if (isIt(method, new URL(url).pathname)) act();
    return world.emulator.fetch(input, init);
  };
}

it("a new copy under the name of the one that gave way is not taken for it", async () => {
  const world = await openWorld({ plan: { sandboxLimit: 1 } });
  await world.goTo(0, world.slots.daily.hour);
  await world.tick("daily");
  await world.goTo(1, world.slots.daily.hour);
  const old = copyOf("daily", 0);
  let hasCome = false;
  const fetch = before(
    world,
    (method, path) => method === "GET" && path === "/environments",
    () => {
      if (hasCome || world.ids().includes(old)) return;
      hasCome = true;
      world.project.user.fork(null, old, { ready: true });
    },
  );
  await world.tick("daily", { runtime: { fetch } });
  expect(hasCome).toBe(true);
  expect(world.ready()).toContain(old);
});

it("an old environment that gets the wanted name meanwhile is not told as made", async () => {
  const world = await openWorld({ forkMs: 1_000 });
  world.project.user.fork(null, "an-old-one", { ready: true });
  await world.goTo(1, 12);
  const today = copyOf("daily", 1);
  let hasCome = false;
  const fetch = before(
    world,
    (method, path) => method === "POST" && path.endsWith("/fork"),
    () => {
      if (!hasCome) world.project.user.rename("an-old-one", today);
      hasCome = true;
    },
  );
  const began = world.clock.now();
  const { status, body } = await world.call("POST", MANUAL, { runtime: { fetch } });
  expect({ status, body }).toMatchObject({ status: 200, body: { result: { createdEnvironmentId: today } } });
  const made = world.project.environments().find(({ id }) => id === today);
  expect(made?.createdAt).toBeGreaterThan(began);
});
