import * as z from "zod/mini";
import { CADENCES } from "../cadence.ts";
import { isPlaceholder } from "../placeholder.ts";
import { PRINTABLE_ASCII, stranger, switchOf, VISIBLE } from "../variables.ts";
import { isActive } from "../visible.ts";

/** Schemas that the rows of the settings table share. Each takes a text that is not blank. */

/** Below this a secret that opens the service can be guessed: refused. */
const SHORTEST_SECRET = 8;
/** Webhooks are signed with a secret that nobody has had before. */
const SHORTEST_SIGNING_SECRET = 16;
/** An HTTP header carries these as they are; DatoCMS's tokens are letters and digits, without white space. */
const TOKEN = /^[\x21-\x7e]+$/;
const THIS_MACHINE = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;
/** `a@b.c`, or `Name <a@b.c>`. */
const MAIL_ADDRESS = /^(?:[^<>@]+<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/;
const MOST_RECIPIENTS = 50;

const anyCase = z.string().check(z.toLowerCase());
const list = z.pipe(
  z.string(),
  z.transform((text) => text.split(",").map((each) => each.trim())),
);

export const onOff = z.pipe(z.pipe(z.string(), z.transform(switchOf)), z.boolean());
/** A switch whose value says that something is off. */
export const offOn = z.pipe(
  onOff,
  z.transform((on: boolean) => !on),
);

export function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.pipe(anyCase, z.enum(words));
}

export function wholeNumber(from: number, to: number) {
  return z.pipe(z.coerce.number(), z.int().check(z.gte(from), z.lte(to)));
}

/** Undefined for `off`. */
export const percentOrOff = z.pipe(
  z.pipe(
    z.pipe(
      anyCase,
      z.transform((text) => (Number.isNaN(Number(text)) ? switchOf(text) : Number(text))),
    ),
    z.union([z.literal(false), z.int().check(z.gte(1), z.lte(99))]),
  ),
  z.transform((limit) => limit || undefined),
);

export const cadences = z.pipe(
  z.pipe(z.pipe(anyCase, list), z.array(z.enum(CADENCES)).check(z.minLength(1))),
  z.transform((named) => CADENCES.filter((cadence) => named.includes(cadence))),
);

/** An address to which the API token may be sent: everybody on the way of plain http can read it. */
export const tokenUrl = z
  // Invisible characters come first: reading an address takes line breaks out of it and says nothing.
  .pipe(z.string().check(z.regex(VISIBLE)), z.url({ protocol: /^https?$/ }))
  .check(z.refine((text) => isPrivate(text, THIS_MACHINE)));

/** An address of a channel: encrypted on its way, unless it never leaves this machine. */
export const channelUrl = z
  .string()
  .check(z.refine((text) => VISIBLE.test(text) && isPrivate(text, /^(?:localhost|127\.0\.0\.1)$/)));

/** Resend's API, or one that speaks as it does; the value is where e-mails go. */
export const resendUrl = z.pipe(
  channelUrl,
  z.transform((base) => `${base.replace(/\/$/, "")}/emails`),
);

function isPrivate(address: string, local: RegExp): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && local.test(hostname));
}

export const visibleAscii = z.string().check(z.regex(TOKEN));
export const mailAddress = z.string().check(z.regex(MAIL_ADDRESS));
export const mailAddresses = z.pipe(list, z.array(mailAddress).check(z.maxLength(MOST_RECIPIENTS)));
/** One line that a title can begin with. */
export const title = z.string().check(
  z.regex(/^.{1,100}$/),
  z.refine((text) => !isActive(text)),
);

/** Signs a webhook: any text, or `whsec_` and base64. */
export const signingSecret = z.string().check(z.refine(isSigningSecret));

function isSigningSecret(text: string): boolean {
  if (isPlaceholder(text)) return false;
  const base64 = /^whsec_(.*)$/.exec(text)?.[1];
  if (base64 === undefined) return text.length >= SHORTEST_SIGNING_SECRET;
  return (
    base64.length >= SHORTEST_SIGNING_SECRET &&
    // Padding may be left out, as the libraries for these webhooks have it.
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(base64)
  );
}

/** The project's API token. The message of an issue follows the variable's name in a sentence. */
export const apiToken = z.string().check(
  because((text) => {
    const unsendable = stranger(text, TOKEN);
    return unsendable && `holds ${unsendable}, which no token has`;
  }),
);

/** Opens the service. The message of an issue follows the variable's name in a sentence, and holds nothing of the text. */
export const accessSecret = z.string().check(
  because((text) => {
    if (isPlaceholder(text)) return TEMPLATE_TEXT;
    if (text.length < SHORTEST_SECRET) return `is shorter than ${SHORTEST_SECRET} characters`;
    const unsendable = stranger(text, PRINTABLE_ASCII);
    return unsendable && `holds ${unsendable}, which cannot be sent in a header; only printable ASCII can`;
  }),
);
export const TEMPLATE_TEXT = "holds a template's text";

/** @param why says what is wrong with a text */
function because(why: (text: string) => string | undefined) {
  return ({ value, issues }: z.core.ParsePayload<string>): void => {
    const message = why(value);
    if (message !== undefined) issues.push({ code: "custom", input: value, message });
  };
}

/** An address to listen on. */
export const hostAddress = z.string().check(z.regex(/^[\w.:-]+$/));
export const hostNames = z.pipe(z.string().check(z.regex(/^\s*[\w.-]+(?:\s*,\s*[\w.-]+)*\s*$/)), list);
/** A switch; 1 to 9 are as many proxies. */
export const proxies = z.pipe(
  z.pipe(
    z.string(),
    z.transform((text) => (/^[1-9]$/.test(text) ? Number(text) : switchOf(text))),
  ),
  z.pipe(z.union([z.boolean(), z.number()]), z.transform(Number)),
);
