import {
  type HeadlineState,
  METRICS_MAX_AGE_MS,
  type Overview,
  readOverview,
  sharedFetch,
} from "../../services/backupService.ts";
import { equalInConstantTime, knownSecrets } from "../../utils/auth.ts";
import type { Reads } from "../../utils/reads.ts";
import { invalidSetting } from "../../utils/refusals.ts";
import { readSetting } from "../../utils/settings/read.ts";
import { SETTINGS } from "../../utils/settings/table.ts";
import { deploymentOf } from "../check.ts";
import { answerError, notFound } from "../errors.ts";
import { errorOf } from "../failures.ts";
import type { RequestContext } from "../requestContext.ts";
import { ServiceError } from "../serviceError.ts";
import { fromStore } from "./fromStore.ts";

type Word = "up" | "late" | "failed" | "paused" | "unknown";

/** A project at a glance, in one word. */
const WORDS: Readonly<Record<HeadlineState, Word>> = {
  away: "unknown",
  misconfigured: "failed",
  full: "failed",
  hung: "failed",
  failed: "failed",
  paused: "paused",
  late: "late",
  running: "up",
  shrunk: "up",
  protected: "up",
  empty: "unknown",
  warnings: "up",
  ok: "up",
};

const COLOURS: Readonly<Record<Word, string>> = {
  up: "#1a7435",
  late: "#9a5b00",
  failed: "#b3261e",
  paused: "#566070",
  unknown: "#566070",
};

/** So long nobody looks again, neither whoever shows the badge nor this process, whatever DatoCMS answers. */
const LASTS_MS = 5 * 60 * 1_000;

/** What each process has shown last; `since` on the clock's monotonic scale. */
const shownLast = new WeakMap<Reads, { readonly word: Word; readonly since: number }>();

/**
 * GET /badge.svg?key=…: one word about the project for wikis and pages of others, for whoever has `BACKUP_BADGE_KEY`. It
 * is made of what this process has read of DatoCMS within the hour.
 */
export async function badge(context: RequestContext): Promise<Response> {
  const { env, req, var: variables } = context;
  const setting = readSetting(env.variables, "BACKUP_BADGE_KEY");
  if (setting.kind === "unset") return notFound(context);
  if (setting.kind === "refused") return misconfigured(context, SETTINGS.BACKUP_BADGE_KEY.expected);
  // The key stands in the pages of others: who reads one there must not be able to sign in with it.
  if (knownSecrets(variables.access).some(([, secret]) => secret === setting.value))
    return misconfigured(context, "a key of its own, which is no other secret of this service");
  if (!(await equalInConstantTime(req.query("key") ?? "", setting.value))) {
    await env.processState.refuse(env);
    return answerError(
      new ServiceError("UNAUTHORIZED", 401, "The badge's key is missing or wrong."),
      context,
    );
  }
  return context.body(badgeOf(await currentWord(context)), 200, {
    "Content-Type": "image/svg+xml",
    "Cache-Control": `max-age=${LASTS_MS / 1_000}`,
  });
}

function misconfigured(context: RequestContext, expected: string): Response {
  return answerError(errorOf(invalidSetting("BACKUP_BADGE_KEY", undefined, expected)), context);
}

async function currentWord(context: RequestContext): Promise<Word> {
  const { clock, reads } = context.env;
  const now = clock.monotonic();
  const last = reads && shownLast.get(reads);
  if (last !== undefined && now - last.since < LASTS_MS) return last.word;
  const word = wordOf(await read(context));
  if (reads !== undefined) shownLast.set(reads, { word, since: now });
  return word;
}

/** A browser's `no-cache` is none of DatoCMS's business here. */
function read({ env, var: variables }: RequestContext): Promise<Overview> {
  const runs = fromStore(env.offsite?.runs.atAGlance(env.clock.now()), env.clock);
  const deployment = {
    ...deploymentOf(env, variables.access, variables.arrivedAt),
    fetch: sharedFetch({ ...env, maxAgeMs: METRICS_MAX_AGE_MS }),
  };
  return readOverview(
    deployment,
    runs.then((each) => each?.ends ?? []),
  );
}

/** Backups of which none counts are no backups. */
function wordOf({ headline: { state }, inventory }: Overview): Word {
  const word = WORDS[state];
  return word === "up" && inventory?.coverage.points === 0 ? "unknown" : word;
}

const LABEL = "backups";
/** Of a character in Verdana at 11 px, as most badges have it; `textLength` sees to the rest. */
const CHARACTER_PX = 7;

function badgeOf(word: Word): string {
  const widthOf = (text: string) => text.length * CHARACTER_PX;
  const [left, right] = [widthOf(LABEL) + 12, widthOf(word) + 12];
  const text = (at: number, content: string) =>
    `<text x="${at}" y="14" textLength="${widthOf(content)}">${content}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${LABEL}: ${word}">`,
    `<title>${LABEL}: ${word}</title><clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#3d4450"/><rect x="${left}" width="${right}" height="20" fill="${COLOURS[word]}"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(6, LABEL)}${text(left + 6, word)}</g></svg>`,
  ].join("");
}
