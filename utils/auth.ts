import { failed, type Result, succeeded } from "./failures.ts";
import { isOwnWord } from "./ownWords.ts";
import { MISSING_CRON_SECRET, type Refusal, UNAUTHORIZED, unusableSecret } from "./refusals.ts";
import { type Kind, TEMPLATE_TEXT } from "./settings/kinds.ts";
import { refusal } from "./settings/read.ts";
import { namesOf, SECRET_VARIABLES, SETTINGS } from "./settings/table.ts";
import { type Found, find, type Variables, variable } from "./variables.ts";

/** Opens the routes that only read. */
const READ_VARIABLE = "BACKUP_READ_SECRET";
/** Opens every route, and alone those that could destroy archives: the plugin's secret is known to many. */
const ADMIN_VARIABLE = "BACKUP_ADMIN_SECRET";
/** Beside others only. */
const BESIDE = [READ_VARIABLE, ADMIN_VARIABLE] as const;

/** Below this it works, because refusing it would stop the crons of those who have it; the log warns. */
const ADVISED_SECRET = 16;

/** Callers that get in: nobody until the configuration is right, everybody (documented), or holders of a secret. */
export type Access =
  | { readonly kind: "misconfigured"; readonly variable: string; readonly why: string }
  | { readonly kind: "open" }
  | {
      readonly kind: "secret";
      readonly secrets: readonly string[];
      /** Opens the routes that only read. */
      readonly readSecret?: string | undefined;
      /** Opens every route. */
      readonly adminSecret?: string | undefined;
      readonly short: readonly string[];
    };

/**
 * Reads from the host's variables which callers get in.
 *
 * @returns `secret` with every configured one (`short`: variables with 8 to 15 characters), `open` when none
 * is set, `misconfigured` when one cannot be a secret, or when the secret for reading or the admin's stands alone or
 * equals another one: then nobody gets in, whatever the other secrets are
 */
export function readAccess(variables: Variables): Access {
  const configured: { readonly name: string; readonly value: string }[] = [];
  for (const name of [...SECRET_VARIABLES, ...BESIDE] as const) {
    const found = find(variables, name);
    if (found.kind === "unset") continue;
    const why = whyNoSecret(name, found);
    if (why !== undefined) return { kind: "misconfigured", variable: name, why };
    if (found.kind === "text") configured.push({ name, value: found.text });
  }
  if (configured.length === 0) return { kind: "open" };
  const isBeside = (each: string) => BESIDE.some((name) => name === each);
  const secrets = configured.flatMap(({ name, value }) => (isBeside(name) ? [] : [value]));
  for (const { name, value } of configured.filter((each) => isBeside(each.name))) {
    const wrong = (why: string) => ({ kind: "misconfigured", variable: name, why }) as const;
    if (secrets.length === 0) return wrong(`is set without ${SECRET_VARIABLES[0]}`);
    if (configured.some((other) => other.name !== name && other.value === value))
      return wrong("is the same as the other secret");
  }
  return {
    kind: "secret",
    secrets,
    readSecret: configured.find(({ name }) => name === READ_VARIABLE)?.value,
    adminSecret: configured.find(({ name }) => name === ADMIN_VARIABLE)?.value,
    short: configured.filter(({ value }) => value.length < ADVISED_SECRET).map(({ name }) => name),
  };
}

/**
 * Says why a variable that is set is no secret, after its name in a sentence; undefined where it is one. Shows
 * nothing of the variable's text.
 */
function whyNoSecret(
  name: (typeof SECRET_VARIABLES)[number] | (typeof BESIDE)[number],
  found: Exclude<Found, { kind: "unset" }>,
): string | undefined {
  if (found.kind === "unclear") return found.why;
  const { text, type, isCut } = found;
  if (type !== "string") return `is a ${type}, not text`;
  const why = refusal(name, text);
  if (isCut && why !== TEMPLATE_TEXT)
    return "has a # behind a space that may be part of it; put all of it in quotes, or take it out";
  if (why !== undefined) return why;
  return isOwnWord(text) ? "is part of the names that this service uses itself" : undefined;
}

/** Logged once for each process of a deployment without a secret. */
export const OPEN =
  "No shared secret is configured: whoever knows the address can start backups and stop their schedule. Set DATOCMS_BACKUPS_SHARED_SECRET.";

/** Values that must never reach a log, whatever goes wrong: as they are used, and as they stand where that is unclear. */
export function secretsIn(variables: Variables): string[] {
  return namesOf(SETTINGS).flatMap((name) => {
    const row: Kind = SETTINGS[name];
    if (!row.secret) return [];
    const value = variables[name];
    const text = variable(variables, name);
    const isWhole = typeof value !== "string" || find(variables, name).kind === "text";
    return [...(text === undefined ? [] : [text]), ...(isWhole ? [] : [value.trim()].filter(Boolean))];
  });
}

const LET_IN = succeeded(undefined);

/**
 * Tells whether Vercel's cron can get in: it sends `CRON_SECRET` and nothing else. Asked in the handshake,
 * so that a deployment whose crons are all refused never looks connected.
 *
 * @returns `MISSING_CRON_SECRET` where it cannot
 */
export function authorizeCron(variables: Variables, access: Access): Result<undefined, Refusal> {
  const isKnown = access.kind !== "secret" || variable(variables, "CRON_SECRET") !== undefined;
  return isKnown ? LET_IN : failed(MISSING_CRON_SECRET);
}

/** Whose secret a request bears; everybody is a holder where none is set. */
export type Bearer = "admin" | "holder" | "reader";

/**
 * Tells whether a request may come in.
 *
 * @param headers of the request: the secret stands in `X-Datocms-Backups-Auth` or `Authorization: Bearer`
 * @param toReaders the secret for reading opens the route, too; elsewhere that secret is a wrong one
 * @returns whose secret it bears; `MISSING_SHARED_SECRET_CONFIG` or `UNAUTHORIZED` where it may not
 */
export async function authorize(
  access: Access,
  headers: Headers,
  toReaders = false,
): Promise<Result<Bearer, Refusal>> {
  if (access.kind === "open") return succeeded("holder");
  if (access.kind === "misconfigured")
    return failed(unusableSecret(access.variable, access.why, ADVISED_SECRET));
  const known = knownSecrets(access).filter(([bearer]) => toReaders || bearer !== "reader");
  const bearer = await bearerOf(known, presentedSecrets(headers));
  return bearer === undefined ? failed(UNAUTHORIZED) : succeeded(bearer);
}

/** A secret, and whose it is. */
export type KnownSecret = readonly [Bearer, string];

/** Every secret that opens something; the admin's first. */
export function knownSecrets(access: Access): readonly KnownSecret[] {
  if (access.kind !== "secret") return [];
  const { secrets, readSecret, adminSecret } = access;
  return [
    ...(adminSecret === undefined ? [] : [["admin", adminSecret] as const]),
    ...secrets.map((secret) => ["holder", secret] as const),
    ...(readSecret === undefined ? [] : [["reader", readSecret] as const]),
  ];
}

/**
 * Finds out whose secret one of these texts is, in a time that tells nothing of it.
 *
 * @returns undefined where it is nobody's
 */
export async function bearerOf(
  known: readonly KnownSecret[],
  presented: readonly string[],
): Promise<Bearer | undefined> {
  // Each is compared, whichever fits first.
  const bearers = await Promise.all(
    known.map(async ([bearer, secret]) => {
      const matches = await Promise.all(presented.map((given) => equalInConstantTime(given, secret)));
      return matches.includes(true) ? bearer : undefined;
    }),
  );
  return bearers.find((each) => each !== undefined);
}

/** Secrets that a request's headers carry, right or wrong. */
export function presentedSecrets(headers: Headers): string[] {
  const own = headers.get("x-datocms-backups-auth")?.trim();
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1]?.trim();
  return [own, bearer].filter((value): value is string => value !== undefined && value !== "");
}

/**
 * Compares digests of equal length and looks at every byte, so that the time taken tells neither the
 * secret's length nor where a guess went wrong. Web Crypto, because Workers have no `node:crypto`.
 */
export async function equalInConstantTime(a: string, b: string): Promise<boolean> {
  const [x, y] = await Promise.all([sha256(a), sha256(b)]);
  let difference = 0;
  for (const [index, byte] of x.entries()) difference |= byte ^ (y[index] ?? 0);
  return difference === 0;
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
