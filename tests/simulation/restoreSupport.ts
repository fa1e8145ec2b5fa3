import { buildClient } from "@datocms/cma-client-node";
import * as z from "zod";
import { TOKEN, type World } from "./support.ts";

const Call = z.strictObject({
  method: z.enum(["GET", "POST", "PUT"]),
  path: z.string().regex(/^\//),
  environment: z.string().optional(),
  body: z.unknown().optional(),
  keep: z.record(z.string(), z.string()).optional(),
});
const Step = z.strictObject({
  number: z.number(),
  title: z.string().min(1),
  text: z.string().min(1),
  dangerous: z.boolean(),
  calls: z.array(Call),
});
const Held = { records: z.number().optional(), uploads: z.number().optional() };

/** The whole answer of the route, as JSON. */
export const GuideAnswer = z.strictObject({
  ok: z.literal(true),
  project: z.strictObject({ name: z.string(), timezone: z.string() }).optional(),
  environment: z.strictObject({
    id: z.string(),
    ours: z.boolean(),
    createdAt: z.iso.datetime(),
    lastDataChangeAt: z.iso.datetime(),
    ...Held,
  }),
  primary: z.strictObject({ id: z.string(), lastDataChangeAt: z.iso.datetime(), ...Held }),
  lostMs: z.number(),
  restoredId: z.string(),
  formerId: z.string(),
  api: z.strictObject({
    url: z.literal("https://site-api.datocms.com"),
    headers: z.record(z.string(), z.string()),
    environment: z.string(),
    keep: z.string(),
  }),
  steps: z.array(Step),
  undo: z.array(Step),
  madeAt: z.iso.datetime(),
});

type Call = z.infer<typeof Call>;
export type Step = z.infer<typeof Step>;

/** Asks the service for the way back to an environment. */
export async function guideTo(world: World, environmentId: string) {
  const { body } = await world.call("GET", `/api/restore-guide/${environmentId}?format=json`);
  return GuideAnswer.parse(body);
}

/**
 * Does what the calls of a guide's steps say, with the real client, and nothing else.
 *
 * @param between what happens after each step
 */
export async function walk(
  world: World,
  steps: readonly Step[],
  between: () => Promise<void> = async () => {},
): Promise<void> {
  for (const { calls } of steps) {
    let kept = new Map<string, unknown[]>();
    for (const call of calls)
      for (const filled of filledIn(call, kept)) {
        const answer = await world.clock.run(() => send(world, filled));
        if (call.keep !== undefined)
          kept = new Map(Object.entries(call.keep).map(([name, place]) => [name, at(answer, place)]));
      }
    await between();
  }
}

async function send({ emulator }: World, { method, path, environment, body }: Call): Promise<unknown> {
  const client = buildClient({
    apiToken: TOKEN,
    fetchFn: emulator.fetch,
    autoRetry: false,
    ...(environment !== undefined && { environment }),
  });
  return client.request({ method, url: path, ...(body !== undefined && { body }) });
}

/** A call once for each value that its placeholder stands for. */
function filledIn(call: Call, kept: ReadonlyMap<string, unknown[]>): Call[] {
  for (const [name, values] of kept) {
    const hole = `{${name}}`;
    if (call.path.includes(hole))
      return values.map((value) => ({ ...call, path: call.path.replace(hole, String(value)) }));
    const text = JSON.stringify(call.body ?? null);
    if (text.includes(`"${hole}"`))
      return values.map((value) => ({
        ...call,
        body: JSON.parse(text.replace(`"${hole}"`, () => JSON.stringify(value))),
      }));
  }
  return [call];
}

/** What stands at a place such as `data[].id`. */
function at(answer: unknown, place: string): unknown[] {
  return place.split(".").reduce<unknown[]>(
    (found, member) => {
      const name = member.replace("[]", "");
      const values = found.map((each) => Object.entries(each ?? {}).find(([key]) => key === name)?.[1]);
      return member.endsWith("[]") ? values.flat() : values;
    },
    [answer],
  );
}
