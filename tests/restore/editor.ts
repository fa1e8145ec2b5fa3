import * as z from "zod";
import type { Emulator } from "../../emulator/emulator.ts";

/** What an editor at work sends: the raw API, one environment, no client of anybody. */
export interface Editor {
  readonly emulator: Emulator;
  /** Its id. */
  readonly environment: string;
  /**
   * @returns the document of the answer, of a job its result
   * @throws Refused with method, path, status and error codes where the API says no
   */
  call(method: Method, path: string, body?: unknown): Promise<unknown>;
  /** As `call`; the body is sent as it stands, for numbers that JavaScript does not have. */
  send(method: Method, path: string, text: string): Promise<unknown>;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

const API = "https://site-api.datocms.com";
/** A job that takes longer has gone wrong. */
const MOST_POLLS = 100;

const resource = z.looseObject({ id: z.string(), type: z.string() });
const jobAnswer = z.object({ data: resource });
const jobResult = z.object({
  data: z.object({ attributes: z.object({ status: z.number(), payload: z.unknown() }) }),
});
const errors = z.object({
  data: z.array(z.object({ attributes: z.object({ code: z.string(), details: z.unknown() }) })),
});

/** Somebody who works in an environment of a project; the clock of the emulator must not stand still for them. */
export function editorOf(emulator: Emulator, token: string, environment = "main"): Editor {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/json",
    "content-type": "application/json",
    "x-api-version": "3",
    "x-environment": environment,
  };
  const send = async (method: Method, path: string, text: string | undefined) => {
    const answer = await emulator.fetch(`${API}${path}`, {
      method,
      headers,
      ...(text === undefined ? {} : { body: text }),
    });
    const document: unknown = answer.status === 204 ? null : await answer.json();
    if (answer.status === 202) return finished(jobAnswer.parse(document).data.id, `${method} ${path}`);
    if (!answer.ok) throw refusedBy(`${method} ${path}`, answer.status, document);
    return document;
  };
  const finished = async (job: string, call: string) => {
    for (let poll = 0; poll < MOST_POLLS; poll++) {
      const answer = await emulator.fetch(`${API}/job-results/${job}`, { headers });
      if (answer.status === 404) continue;
      const { status, payload } = jobResult.parse(await answer.json()).data.attributes;
      if (status >= 400) throw refusedBy(call, status, payload);
      return payload;
    }
    throw new Error(`${call}: job ${job} is not done after ${MOST_POLLS} polls`);
  };
  return {
    emulator,
    environment,
    call: (method, path, body) => send(method, path, body === undefined ? undefined : JSON.stringify(body)),
    send,
  };
}

/** What the API says no to. */
export class Refused extends Error {
  override readonly name = "Refused";
}

function refusedBy(call: string, status: number, document: unknown): Error {
  const parsed = errors.safeParse(document);
  const said = parsed.success
    ? parsed.data.data.map(({ attributes: { code, details } }) => `${code} ${JSON.stringify(details)}`)
    : [JSON.stringify(document)];
  if (status >= 500) return new Error(`${call}: ${status}`);
  return new Refused(`${call}: ${status} ${said.join(", ")}`);
}
