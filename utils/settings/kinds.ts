import * as z from "zod/mini";
import { CADENCES, type Cadence } from "../cadence.ts";
import { isPlaceholder } from "../placeholder.ts";
import { SWITCH, switchOf, VISIBLE } from "../variables.ts";
import { isActive } from "../visible.ts";
import { secret, TOKEN } from "./secretKinds.ts";

export { accessSecret, adminSecret, apiToken, badgeKey, TEMPLATE_TEXT } from "./secretKinds.ts";

/** The kind of a variable: what its text may be, and what the text means. */
export interface Kind {
  /** Makes the value of a text that is not blank. */
  readonly schema: z.ZodMiniType<unknown, unknown>;
  /** Follows "must be" in errors: says what to write instead. */
  readonly expected: string;
  /** Text that stands for the variable where that is unset. */
  readonly byDefault?: string;
  /** Stands in no log, answer or error. */
  readonly secret?: true;
  /** A text of any kind, in which a # behind a space may be part of the value: refused where it looks cut. */
  readonly anyText?: true;
}

const anyCase = z.string().check(z.toLowerCase());
const split = z.transform((text: string) => text.split(",").map((each) => each.trim()));
const switched = z.pipe(z.pipe(z.string(), z.transform(switchOf)), z.boolean());

export function onOff(byDefault: "on" | "off") {
  return { schema: switched, expected: SWITCH, byDefault };
}

/** A switch whose value says that something is off. */
export function offOn(byDefault: "on" | "off") {
  const isOff = z.transform((on: boolean) => !on);
  return { schema: z.pipe(switched, isOff), expected: SWITCH, byDefault };
}

/** The first word is the default. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  const expected = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return { schema: z.pipe(anyCase, z.enum(words)), expected, byDefault: words[0] };
}

export function wholeNumber(from: number, to: number, byDefault: number) {
  return {
    schema: z.pipe(z.coerce.number(), z.int().check(z.gte(from), z.lte(to))),
    expected: `a whole number from ${from} to ${to}`,
    byDefault: String(byDefault),
  };
}

/** A whole percentage, or none for `off`. */
export function percentOrOff(byDefault: number) {
  return percentage(
    byDefault,
    z.int().check(z.gte(1), z.lte(99)),
    "off, or a whole number of percent from 1 to 99",
  );
}

/** A percentage of what is stored, or none for `off` and 0. */
export function percentOfStore(byDefault: number) {
  return percentage(
    byDefault,
    z.number().check(z.gte(0), z.lte(100)),
    "off, or a number of percent from 0 to 100",
  );
}

function percentage(byDefault: number, limits: z.ZodMiniType<number, number>, expected: string) {
  const read = z.transform((text: string) => (Number.isNaN(Number(text)) ? switchOf(text) : Number(text)));
  const orNone = z.transform((percent: number | false) => percent || undefined);
  const limit = z.union([z.literal(false), limits]);
  return {
    schema: z.pipe(z.pipe(z.pipe(anyCase, read), limit), orNone),
    expected,
    byDefault: String(byDefault),
  };
}

export function cadences(byDefault: string) {
  const named = z.pipe(z.pipe(anyCase, split), z.array(z.enum(CADENCES)).check(z.minLength(1)));
  const inOrder = z.transform((names: Cadence[]) => CADENCES.filter((each) => names.includes(each)));
  return {
    schema: z.pipe(named, inOrder),
    expected: `one or more of ${CADENCES.join(", ")}, with commas between them`,
    byDefault,
  };
}

/** None for `off`. */
export function cadencesOrOff(byDefault: string) {
  const named = cadences(byDefault);
  const off = z.pipe(
    z.pipe(anyCase, z.literal("off")),
    z.transform((): Cadence[] => []),
  );
  return { ...named, schema: z.union([off, named.schema]), expected: `off, or ${named.expected}` };
}

const count = z.optional(z.int().check(z.gte(1)));
const counts = z.strictObject({ daily: count, weekly: count, monthly: count, yearly: count });

/** Of how many days, weeks, months and years the newest archive stays: each named once at most. */
export function keepRules(byDefault: string) {
  const rules = z
    .pipe(z.pipe(anyCase, split), z.array(z.string().check(z.regex(/^[a-z]+:\d{1,3}$/))))
    .check(z.refine((all) => new Set(all.map((rule) => rule.split(":")[0])).size === all.length));
  const byPeriod = z.transform((all: string[]): unknown =>
    Object.fromEntries(all.map((rule) => [rule.split(":")[0], Number(rule.split(":")[1])])),
  );
  return {
    schema: z.pipe(z.pipe(rules, byPeriod), counts),
    expected:
      "one or more of daily:N, weekly:N, monthly:N, yearly:N, with commas between them; N is 1 to 999",
    byDefault,
  };
}

/** An address to which the API token may be sent: everybody on the way of plain http can read it. */
export const tokenUrl = {
  schema: z
    // Invisible characters come first: reading an address takes line breaks out of it and says nothing.
    .pipe(z.string().check(z.regex(VISIBLE)), z.url({ protocol: /^https?$/ }))
    .check(z.refine((text) => isPrivate(text, /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/))),
  expected: "an https URL (http to this machine only) without credentials in it",
};

const encryptedUrl = z
  .string()
  .check(z.refine((text) => VISIBLE.test(text) && isPrivate(text, /^(?:localhost|127\.0\.0\.1)$/)));

/** A channel's address: encrypted on its way, unless it never leaves this machine. Who has it can write there. */
export const channelUrl = {
  schema: encryptedUrl,
  expected: "an https URL without user name and password in it",
  ...secret,
};

/** Resend's API, or one that speaks as it does; the value is the address that takes e-mails. */
export const resendUrl = {
  schema: z.pipe(
    encryptedUrl,
    z.transform((base: string) => `${base.replace(/\/$/, "")}/emails`),
  ),
  expected: channelUrl.expected,
  byDefault: "https://api.resend.com",
};

/** Where archives are to lie; the store's own reader takes it apart. */
export const storeAddress = {
  schema: z.string().check(z.regex(VISIBLE), z.regex(/^(?:file:|(?:s3|r2|netlify-blobs):\/\/)./)),
  expected: "an address such as file:///var/backups, file:./backups or s3://bucket/prefix",
};
/** A number of bytes, of which its reader makes a number. */
export const bytes = {
  schema: z.string().check(z.regex(/^[1-9]\d{0,5}[KMGT]iB$/)),
  expected: "a size such as 500MiB or 2GiB",
  byDefault: "2GiB",
};
/** API keys of models; their reader takes them apart. */
export const apiKeys = {
  schema: z.string().check(z.regex(/^[a-z\d_]+(?: *, *[a-z\d_]+)*$/)),
  expected: "API keys of models, with commas between them",
};
/** 32 random bytes. */
export const randomKey = {
  schema: z.string().check(z.regex(/^(?:[\da-f]{64}|[A-Za-z\d+/]{43}=)$/)),
  expected: "64 hexadecimal digits, or base64 of 32 bytes",
  ...secret,
};
/** A region as AWS and its kind name them. */
export const region = {
  schema: z.string().check(z.regex(/^[a-z\d-]{2,40}$/)),
  expected: "a region such as eu-central-1 or auto",
};
/** One of the two keys of an S3 account. */
export const storeKey = {
  schema: z.string().check(z.regex(TOKEN)),
  expected: "a key as the store's vendor shows it",
  ...secret,
};

function isPrivate(address: string, local: RegExp): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && local.test(hostname));
}

export const resendKey = {
  schema: z.string().check(z.regex(TOKEN)),
  expected: "an API key of Resend's",
  ...secret,
};

/** `a@b.c`, or `Name <a@b.c>`. */
const address = z.string().check(z.regex(/^(?:[^<>@]+<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/));
export const mailAddress = { schema: address, expected: "an e-mail address" };
export const mailAddresses = {
  schema: z.pipe(z.pipe(z.string(), split), z.array(address).check(z.maxLength(50))),
  expected: "e-mail addresses, 50 at most, with commas between them",
};

/** The beginning of a title. */
export const title = {
  schema: z.string().check(
    z.regex(/^.{1,100}$/),
    z.refine((text) => !isActive(text)),
  ),
  expected: "a line of 100 characters at most, without control characters",
  anyText: true,
} as const;

/** Signs a webhook. */
export const signingSecret = {
  schema: z.string().check(z.refine(isSigningSecret)),
  expected: "a random secret of at least 16 characters, or whsec_ and base64",
  anyText: true,
  ...secret,
} as const;

function isSigningSecret(text: string): boolean {
  const base64 = /^whsec_(.*)$/.exec(text)?.[1];
  if (isPlaceholder(text) || (base64 ?? text).length < 16) return false;
  // Padding may be left out, as the libraries for these webhooks have it.
  const whole = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
  return base64 === undefined || whole.test(base64);
}

/** An address to listen on. */
export const hostAddress = {
  schema: z.string().check(z.regex(/^[\w.:-]+$/)),
  expected: "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all",
};
export const hostNames = {
  schema: z.pipe(z.string().check(z.regex(/^\s*[\w.-]+(?:\s*,\s*[\w.-]+)*\s*$/)), split),
  expected: "host names with commas between them",
};
const countOrSwitch = z.transform((text: string) => (/^[1-9]$/.test(text) ? Number(text) : switchOf(text)));
/** The number of proxies; a switch stands for one or none. */
export const proxies = {
  schema: z.pipe(
    z.pipe(z.string(), countOrSwitch),
    z.pipe(z.union([z.boolean(), z.number()]), z.transform(Number)),
  ),
  expected: "off, on, or how many proxies stand before the server, 1 to 9",
  byDefault: "off",
};
