import type { EnvironmentView } from "../../../emulator/emulator.ts";
import { parametersOf } from "./deployment.ts";
import { CADENCES, dayOf, nameOf } from "./ours.ts";
import { count, type Reach } from "./reach.ts";
import type { History, Part, Scene, UserAct } from "./script.ts";
import type { Stage } from "./stage.ts";

/** Plays the scenes of a history; what happened is then in the stage's hands. */
export async function play(stage: Stage, { scenes }: History, reach: Reach): Promise<void> {
  for (const scene of scenes) await playScene(stage, scene, reach);
}

async function playScene(stage: Stage, { pause, parts }: Scene, reach: Reach): Promise<void> {
  if (pause.wait === "ms") await stage.clock.advance(pause.ms);
  else await stage.goToSlot(pause.of, pause.hours);
  stage.begin();
  await stage.clock.run(async () => {
    await Promise.all(
      parts.map(async (part) => {
        await stage.clock.sleep(part.after);
        await act(stage, part, reach);
      }),
    );
  });
}

async function act(stage: Stage, { act: happening, process }: Part, reach: Reach): Promise<void> {
  const { project } = stage;
  switch (happening.do) {
    case "tick":
      return stage.tick(happening.job, happening.kill, process);
    case "ask":
      return stage.ask(happening.what, happening.kill, process);
    case "fault": {
      const { operation = "any call", effect, times = 1, skip = 0 } = happening.fault;
      stage.note(`fault: ${operation}, ${times} times after ${skip}: ${JSON.stringify(effect)}`);
      project.faults.add(happening.fault);
      return;
    }
    case "jump":
      count(reach, "happening", "the host's clock jumps");
      stage.jump(happening.ms);
      stage.note(`the host's clock is off by ${stage.hostOffset / 3_600_000} h`);
      return;
    case "limit": {
      count(reach, "happening", "the plan changes");
      const sandboxes = project.environments().length - 1;
      stage.setLimit(Math.max(0, sandboxes + happening.spare));
      stage.note(`the plan allows ${project.settings.plan.sandboxLimit} sandboxes; there are ${sandboxes}`);
      return;
    }
    case "user":
      actAsUser(stage, happening.what, reach);
  }
}

/** A person at work; what cannot be done at the moment is left. */
function actAsUser(stage: Stage, what: UserAct, reach: Reach): void {
  const { project, clock } = stage;
  const all = project.environments();
  const primary = all.find((each) => each.primary);
  if (primary === undefined) return;
  const did = (name: string) => count(reach, "user", name);
  const ready = all.filter((each) => !each.primary && each.status === "ready");
  const today = `backup-plugin-daily-${dayOf(clock.now())}`;
  switch (what.user) {
    case "rename": {
      const wanted = ready.filter(({ id }) => what.to !== "back" || nameOf(id)?.superseded);
      const chosen = wanted[what.pick % Math.max(1, wanted.length)];
      const newId = chosen && renamedTo(chosen, what.to, all, today);
      if (chosen === undefined || newId === undefined) return;
      // What is forked under another name at this moment, and named like a backup then, nobody can know for the source.
      const isForked = all.some(
        ({ status, forkedFrom }) => status === "creating" && forkedFrom === chosen.id,
      );
      if (what.to === "ours" && isForked) return;
      project.user.rename(chosen.id, newId);
      did(`rename: ${what.to}`);
      return;
    }
    case "promote": {
      const wanted = ready.filter(
        ({ id }) => what.whom === "any" || (what.whom === "today" ? id === today : nameOf(id) === undefined),
      );
      const chosen = wanted[what.pick % Math.max(1, wanted.length)];
      if (chosen === undefined) return;
      project.user.promote(chosen.id);
      did(`promote: ${what.whom}`);
      return;
    }
    case "destroy": {
      const sandboxes = all.filter((each) => !each.primary);
      const chosen = sandboxes[what.pick % Math.max(1, sandboxes.length)];
      if (chosen === undefined) return;
      project.user.destroy(chosen.id);
      did("destroy");
      return;
    }
    case "fork": {
      const sources = [...ready, primary];
      const source = sources[what.pick % sources.length] ?? primary;
      const id = what.as === "today" ? today : `feature-${project.history.length}`;
      if (all.some((each) => each.id === id)) return;
      project.user.fork(source.id, id, { ready: what.ready });
      did(`fork: ${what.as}`);
      return;
    }
    case "edit": {
      const chosen = [primary, ...ready][what.pick % (ready.length + 1)] ?? primary;
      const { items, uploads } = chosen;
      const factor = { less: 0.1, more: 1.5, same: 1 }[what.to];
      const change = { items: Math.floor(items * factor), uploads: Math.floor(uploads * factor) };
      project.user.edit(chosen.id, change);
      stage.edits.push(change);
      stage.note(`${chosen.id} now holds ${change.items} records and ${change.uploads} uploads`);
      did(`edit: ${what.to}`);
      return;
    }
    case "disconnect":
    case "reconnect":
    case "save": {
      const at = new Date(clock.now()).toISOString();
      const parameters = primary.plugins[0]?.parameters ?? {};
      const change =
        what.user === "disconnect"
          ? { schedulerDisconnect: { disconnectedAt: at } }
          : what.user === "reconnect"
            ? {
                lambdaConnection: {
                  status: "connected",
                  lastCheckPhase: "config_connect",
                  lastCheckedAt: at,
                },
              }
            : parametersOf({ saved: savedNow(what, clock.now()), disconnected: false }, clock.now());
      project.user.setParameters(primary.id, { ...parameters, ...change });
      stage.note(`the user lets the plugin know: ${JSON.stringify(change)}`);
      did(what.user);
      return;
    }
  }
}

function savedNow({ cadences, timezone }: Extract<UserAct, { user: "save" }>, now: number) {
  const enabledCadences = CADENCES.filter((each) => cadences.includes(each));
  return { enabledCadences, timezone, anchorLocalDate: dayOf(now) };
}

function renamedTo(
  { id }: EnvironmentView,
  to: "foreign" | "ours" | "back",
  all: readonly EnvironmentView[],
  today: string,
): string | undefined {
  const name = nameOf(id);
  const newId =
    to === "foreign"
      ? `kept-${all.length}-${id.length}`
      : to === "ours"
        ? today
        : name?.superseded
          ? name.original
          : undefined;
  return all.some((each) => each.id === newId) ? undefined : newId;
}
