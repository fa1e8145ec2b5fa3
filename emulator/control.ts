import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import * as z from "zod";
import type { Clock } from "../utils/clock.ts";
import { controlHelp } from "./controlHelp.ts";
import {
  clockSchema,
  faultSchema,
  projectSchema,
  settingsSchema,
  userActionSchema,
} from "./controlSchemas.ts";
import type { Emulator, FaultHandle, Project, User } from "./emulator.ts";

/**
 * The control interface, to be mounted under /__emulator: what tests do in process, over HTTP. Projects go by
 * their number, so that no token stands in an address.
 */
export function controlRoutes(emulator: Emulator): Hono {
  const app = new Hono();

  app.onError((error, context) => {
    const status = error instanceof HTTPException ? error.status : 400;
    return context.json({ error: error.message }, status);
  });
  app.notFound((context) => context.json({ error: "No such call. GET /__emulator lists them." }, 404));

  app.get("/", (context) => context.text(controlHelp));

  app.get("/requests", (context) => context.json(emulator.requests));
  app.delete("/requests", (context) => {
    emulator.clearRequests();
    return context.body(null, 204);
  });

  app.get("/clock", (context) => context.json(clockView(emulator.clock)));
  app.post("/clock", async (context) => {
    await moveClock(emulator.clock, await read(context, clockSchema));
    return context.json(clockView(emulator.clock));
  });

  app.get("/projects", (context) =>
    context.json(emulator.projects().map(({ name }, index) => ({ number: index + 1, name }))),
  );
  app.post("/projects", async (context) => {
    const project = emulator.addProject(await read(context, projectSchema));
    return context.json({ number: emulator.projects().indexOf(project) + 1, ...projectView(project) }, 201);
  });
  app.get("/projects/:number", (context) => context.json(projectView(projectOf(emulator, context))));
  app.patch("/projects/:number/settings", async (context) => {
    const project = projectOf(emulator, context);
    const { plan, unknowns, contentUnknowns, ...others } = await read(context, settingsSchema);
    Object.assign(project.settings, others);
    Object.assign(project.settings.plan, plan);
    Object.assign(project.settings.unknowns, unknowns);
    Object.assign(project.settings.contentUnknowns, contentUnknowns);
    return context.json(projectView(project));
  });
  app.get("/projects/:number/history", (context) => context.json(projectOf(emulator, context).history));
  app.get("/projects/:number/existed", (context) => {
    const at = z.coerce.number().safeParse(context.req.query("at"));
    if (!at.success) throw new HTTPException(400, { message: "Say ?at=<milliseconds since 1970>." });
    return context.json(projectOf(emulator, context).existedAt(at.data));
  });
  app.post("/projects/:number/user", async (context) => {
    const project = projectOf(emulator, context);
    act(project.user, await read(context, userActionSchema));
    return context.json(projectView(project));
  });
  app.get("/projects/:number/faults", (context) =>
    context.json(projectOf(emulator, context).faults.list().map(faultView)),
  );
  app.post("/projects/:number/faults", async (context) => {
    const project = projectOf(emulator, context);
    return context.json(faultView(project.faults.add(await read(context, faultSchema))), 201);
  });
  app.delete("/projects/:number/faults", (context) => {
    projectOf(emulator, context).faults.clear();
    return context.body(null, 204);
  });
  return app;
}

function projectOf(emulator: Emulator, context: Context): Project {
  const number = context.req.param("number");
  const project = emulator.projects()[Number(number) - 1];
  if (project === undefined) throw new HTTPException(404, { message: `There is no project ${number}.` });
  return project;
}

async function read<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await context.req.json().catch(() => {
    throw new HTTPException(400, { message: "The body is not JSON." });
  });
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new HTTPException(400, { message: z.prettifyError(parsed.error) });
  return parsed.data;
}

function projectView(project: Project): object {
  const { forkMs } = project.settings;
  return {
    name: project.name,
    settings: { ...project.settings, forkMs: typeof forkMs === "function" ? "a function" : forkMs },
    environments: project.environments(),
    faults: project.faults.list().map(faultView),
  };
}

function faultView({ fault, hits }: FaultHandle): object {
  return { ...fault, ...(fault.times === Number.POSITIVE_INFINITY ? { times: "always" } : {}), hits };
}

function act(user: User, request: z.infer<typeof userActionSchema>): void {
  const { id } = request;
  switch (request.action) {
    case "fork": {
      const { action: _action, source, id: newId, ...options } = request;
      user.fork(source, newId, options);
      break;
    }
    case "rename":
      user.rename(id, request.newId);
      break;
    case "promote":
      user.promote(id);
      break;
    case "destroy":
      user.destroy(id);
      break;
    case "edit": {
      const { action: _action, id: _id, ...change } = request;
      user.edit(id, change);
      break;
    }
    case "open":
      user.open(id, request.records);
      break;
    case "setParameters":
      user.setParameters(id, request.parameters, request.pluginId);
      break;
  }
}

function clockView(clock: Clock): object {
  return { now: clock.now(), iso: new Date(clock.now()).toISOString() };
}

async function moveClock(clock: Clock, move: z.infer<typeof clockSchema>): Promise<void> {
  const advance = "advance" in clock && typeof clock.advance === "function" ? clock.advance : undefined;
  if (advance === undefined) {
    throw new HTTPException(409, { message: "This emulator runs on a clock that cannot be moved." });
  }
  await advance("advanceMs" in move ? move.advanceMs : move.now - clock.now());
}
