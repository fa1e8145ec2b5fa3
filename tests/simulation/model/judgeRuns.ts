import type { Breach, Evidence } from "./evidence.ts";
import { hidingIn } from "./giving.ts";
import type { Call, Invocation } from "./invocation.ts";
import { HOUR_MS, isSource, type Known, listed, nameOf } from "./ours.ts";

/** A list older than this is no ground for a deletion or a renaming. */
const STALE_AFTER_MS = 2_000;
/** Against an API that only fails, every request is answered within this. */
const GIVES_UP_MS = 10_000;
/** An answer may take this long to be written after the last moment. */
const LEEWAY_MS = 50;

const WRITES = ["environments.fork", "environments.rename", "environments.destroy"];

/** What invocations did with their time and calls, and what they said. */
export function judgeRuns(evidence: Evidence): Breach[] {
  return evidence.stage.invocations.flatMap((invocation) => [
    ...judgeBounds(invocation),
    ...judgeCalls(invocation),
    ...judgeJoining(invocation),
    ...judgeSources(invocation, evidence),
    ...judgeQuiet(invocation, evidence),
    ...judgeClaims(invocation, evidence),
  ]);
}

function* judgeBounds({
  number,
  calls,
  maxCalls,
  startedAt,
  endedAt,
  budgetMs,
  shares,
}: Invocation): Generator<Breach> {
  if (calls.length > maxCalls) yield { rule: "keeps to its calls", what: `#${number} made ${calls.length}` };
  if (endedAt === undefined) return;
  const took = endedAt - startedAt;
  if (took > budgetMs + LEEWAY_MS)
    yield { rule: "answers before its deadline", what: `#${number} took ${took} ms` };
  const onlyFails =
    calls.length > 0 && calls.every(({ outcome }) => outcome === "failed" || Number(outcome) >= 500);
  if (onlyFails && !shares && took > GIVES_UP_MS)
    yield { rule: "gives up an API that only fails", what: `#${number} took ${took} ms` };
}

/** From its own wire alone: what it looked at before it acted. */
function* judgeCalls({ number, calls }: Invocation): Generator<Breach> {
  for (const [index, call] of calls.entries()) {
    const earlier = calls.slice(0, index);
    const who = `#${number} sent ${call.operation} ${call.id}`;
    if (call.operation === "environments.destroy" || call.operation === "environments.rename") {
      const list = earlier.findLast((each) => each.operation === "environments.list" && each.outcome === 200);
      const age = call.sentAt - (list?.endedAt ?? Number.NEGATIVE_INFINITY);
      if (age > STALE_AFTER_MS)
        yield { rule: "acts on a fresh picture", what: `${who} on a list of ${age} ms ago` };
    }
    if (call.operation !== "environments.fork") continue;
    const before = earlier.findLastIndex(
      (each) => each.operation === "environments.fork" && each.id === call.id,
    );
    const first = earlier[before];
    const isRefused = typeof first?.outcome === "number" && first.outcome >= 400 && first.outcome < 500;
    const hasLooked = earlier.slice(before + 1).some((each) => isLook(each) && each.outcome !== "failed");
    if (first !== undefined && !isRefused && !hasLooked)
      yield { rule: "looks before it sends a fork again", what: who };
  }
}

/** A name that is taken means that somebody else has begun the copy: that one is looked for. */
function* judgeJoining(invocation: Invocation): Generator<Breach> {
  const { calls, number, endedAt, startedAt, budgetMs, maxCalls, kill } = invocation;
  if (endedAt === undefined || kill !== undefined) return;
  for (const [index, call] of calls.entries()) {
    const isShort = maxCalls - index < 10 || startedAt + budgetMs - call.sentAt < 10_000;
    if (call.isTaken && !isShort && !calls.slice(index + 1).some(isLook))
      yield { rule: "joins a copy that somebody else has begun", what: `#${number} gave up ${call.id}` };
  }
}

/** Asking for it is wrong even where DatoCMS refuses: not every one may. */
function* judgeSources({ calls, number }: Invocation, { timeline, setting }: Evidence): Generator<Breach> {
  for (const [index, call] of calls.entries()) {
    if (call.operation !== "environments.destroy") continue;
    const lists = calls
      .slice(0, index)
      .filter(({ operation, outcome }) => operation === "environments.list" && outcome === 200);
    const pictures = [lists.at(-1)?.sentAt ?? 0, call.sentAt].map((instant) =>
      listed(timeline.at(instant), hidingIn(setting)),
    );
    const isKnown = pictures.every((state) =>
      state.some((known) => known.id === call.id && known.status === "ready" && isSource(known, state)),
    );
    if (isKnown)
      yield { rule: "never destroys the source of a running fork", what: `#${number} asked for ${call.id}` };
  }
}

function isAcceptedRemoval({ operation, outcome }: Call): boolean {
  return operation === "environments.destroy" && outcome === 202;
}

function isLook({ operation }: Call): boolean {
  return operation === "environments.list" || operation === "environments.find";
}

/** Asleep it calls nobody, and disconnected it changes nothing. */
function* judgeQuiet(invocation: Invocation, { setting, stage, timeline }: Evidence): Generator<Breach> {
  const { asked, calls, number, startedAt, endedAt, hostOffset, isTick } = invocation;
  if (!asked.scheduled) return;
  const bySlot = (isTick && setting.cron === "hourly") || asked.method === "GET";
  if (bySlot && (isTick || !asked.path.includes("scheduled")) && calls.length > 0) {
    const hour = new Date(startedAt + hostOffset).getUTCHours();
    const slot = stage.slots[asked.cadences.includes("daily") ? "daily" : "weekly"].hour;
    const since = (hour - slot + 24) % 24;
    const isByDate = isTick && setting.cron === "daily";
    if (!isByDate && since >= (setting.catchUp ? 6 : 1))
      yield {
        rule: "sleeps outside its hours",
        what: `#${number} called at ${hour} h, the slot is ${slot} h`,
      };
  }
  const writes = calls.filter(({ operation }) => WRITES.includes(operation));
  if (writes.length === 0) return;
  if (setting.paused)
    yield { rule: "changes nothing while paused", what: `#${number} sent ${writes[0]?.operation}` };
  const isWithheld = calls.some(
    ({ operation, outcome }) =>
      operation === "plugins.list" && Number(outcome) >= 400 && Number(outcome) < 500,
  );
  const [from, to] = [
    timeline.after(startedAt - 1),
    timeline.after(endedAt ?? writes.at(-1)?.sentAt ?? startedAt),
  ];
  const changed = timeline.events
    .slice(from, to)
    .some(({ by, type }) => by === "user" || type === "parameters-changed");
  if (!isWithheld && !changed && invocation.disconnected && !invocation.shares)
    yield { rule: "changes nothing while disconnected", what: `#${number} sent ${writes[0]?.operation}` };
}

/** What it said, held against what there was while it ran. */
function* judgeClaims(invocation: Invocation, { timeline, stage }: Evidence): Generator<Breach> {
  const { claims, startedAt, endedAt, number, shares, isTick } = invocation;
  // A caller over HTTP never joins a cron's work, nor the other way round.
  const joined = stage.invocations.filter(
    (other) => other === invocation || (shares && other.shares && other.isTick === isTick),
  );
  const calls = joined.flatMap((other) => other.calls);
  if (claims === undefined || endedAt === undefined) return;
  // Whoever joins the work of another answers for what that did before, too.
  const from = timeline.after(startedAt - 1 - (shares ? HOUR_MS / 4 : 0));
  const to = timeline.after(endedAt);
  const states = timeline.states.slice(from, to + 1);
  const events = timeline.events.slice(from, to);
  const existed = (id: string, is: (known: Known) => boolean) =>
    states.some((state) => state.some((known) => nameOf(known.id)?.original === id && is(known)));
  for (const { id, reused } of claims.ready) {
    if (!existed(id, ({ status }) => status === "ready"))
      yield { rule: "claims no copy that is not there", what: `#${number} says that ${id} is ready` };
    // Somebody has given that very name to another environment meanwhile: it may be taken for the work of a run.
    const isRenamed = events.some((each) => each.type === "renamed" && each.by === "user" && each.id === id);
    const becameReady = events.some((each) => each.type === "ready" && nameOf(each.id)?.original === id);
    if (!reused && !becameReady && !isRenamed)
      yield {
        rule: "claims no copy that it neither made nor joined",
        what: `#${number} says that it made ${id}`,
      };
  }
  for (const id of claims.creating)
    if (!existed(id, ({ status }) => status === "creating"))
      yield { rule: "claims no copy that is not there", what: `#${number} says that ${id} is being created` };
  for (const id of claims.deleted) {
    // That DatoCMS goes back on a removal which it has accepted, no answer that is given at once can know.
    const isAccepted = calls.some((call) => isAcceptedRemoval(call) && nameOf(call.id)?.original === id);
    if (isAccepted) continue;
    const left = events.some(
      ({ type, id: gone, from: old }) =>
        (["destroy-began", "destroyed"].includes(type) && nameOf(gone)?.original === id) ||
        (type === "renamed" && nameOf(old ?? "")?.original === id),
    );
    if (!left)
      yield { rule: "claims no deletion that did not happen", what: `#${number} says that ${id} went` };
  }
}
