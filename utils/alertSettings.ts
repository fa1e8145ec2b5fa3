import { CADENCES, type Cadence, isPlaceholder, type Variables } from "./config.ts";
import { type Found, find, refused, SWITCH, shown, switchOf, VISIBLE } from "./variables.ts";
import { isActive } from "./visible.ts";

interface SettingsByChannel {
  readonly webhook: { readonly url: string; readonly secret: string };
  readonly slack: { readonly url: string };
  readonly discord: { readonly url: string };
  readonly email: {
    /** Where Resend's API is. */
    readonly url: string;
    readonly key: string;
    readonly from: string;
    readonly to: readonly string[];
  };
  readonly heartbeat: { readonly cadence: Cadence; readonly url: string };
}

export type ChannelName = keyof SettingsByChannel;
/** The settings of one channel, or of any. */
export type ChannelSettings<Name extends ChannelName = ChannelName> = {
  [Each in Name]: { readonly channel: Each } & SettingsByChannel[Each];
}[Name];
/** Somewhere that notifications go. */
export type Channel = ChannelSettings<Exclude<ChannelName, "heartbeat">>;

/** A setting that cannot be used; what belongs to it is left out. */
export interface AlertProblem {
  readonly variable: string;
  readonly expected: string;
  /** What it is, to follow its name in a sentence; undefined where that may not be said, or it is not set. */
  readonly is?: string;
}

/** What people are told of it. */
export function problemSentence({ variable: name, is, expected }: AlertProblem): string {
  return `${refused(name, is, expected)}.`;
}

/** Who is told what. */
export interface AlertSettings {
  readonly channels: readonly Channel[];
  /** Addresses of the dead-man's switches. */
  readonly heartbeats: Partial<Readonly<Record<Cadence, string>>>;
  /** Whether failures, lateness and recoveries are told (`ALERT_ON_FAILURE`). */
  readonly onFailure: boolean;
  /** Whether each copy is told (`ALERT_ON_SUCCESS`). */
  readonly onSuccess: boolean;
  /** What the notices call the project (`ALERT_PROJECT_NAME`). */
  readonly project: string | undefined;
  readonly problems: readonly AlertProblem[];
}

const SHORTEST_SECRET = 16;
const RESEND = "https://api.resend.com";
const LOCAL = ["localhost", "127.0.0.1"];
/** `a@b.c`, or `Name <a@b.c>`. */
const ADDRESS = /^(?:[^<>@]+<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/;

type Rule = readonly [expected: string, isRight: (value: string) => boolean];

const url: Rule = ["an https URL without user name and password in it", isUsableUrl];
const onOff: Rule = [SWITCH, (value) => switchOf(value) !== undefined];

/** What each variable may be, in the order in which they are reported. */
const RULES = {
  ALERT_WEBHOOK_URL: url,
  ALERT_WEBHOOK_SECRET: [
    `a random secret of at least ${SHORTEST_SECRET} characters, or whsec_ and base64`,
    isUsableSecret,
  ],
  ALERT_SLACK_WEBHOOK_URL: url,
  ALERT_DISCORD_WEBHOOK_URL: url,
  RESEND_API_KEY: ["an API key of Resend's", (key) => /^[\x21-\x7e]+$/.test(key)],
  ALERT_EMAIL_FROM: ["an e-mail address", (from) => ADDRESS.test(from)],
  ALERT_EMAIL_TO: [
    "e-mail addresses, 50 at most, with commas between them",
    (to) => addressesIn(to).length <= 50 && addressesIn(to).every((each) => ADDRESS.test(each)),
  ],
  RESEND_BASE_URL: url,
  ALERT_ON_FAILURE: onOff,
  ALERT_ON_SUCCESS: onOff,
  ALERT_PROJECT_NAME: [
    "a line of 100 characters at most, without control characters",
    (name) => /^.{1,100}$/.test(name) && !isActive(name),
  ],
  HEARTBEAT_URL_DAILY: url,
  HEARTBEAT_URL_WEEKLY: url,
  HEARTBEAT_URL_BIWEEKLY: url,
  HEARTBEAT_URL_MONTHLY: url,
} as const satisfies Readonly<Record<string, Rule>>;

type Name = keyof typeof RULES;

/** The settings that are read here. */
export const ALERT_VARIABLES: readonly string[] = Object.keys(RULES);

/** Variables whose values let anybody who has them write to a channel, or in its name. */
export const ALERT_SECRET_VARIABLES: readonly string[] = Object.keys(RULES).filter(
  (name) => /_URL|SECRET|KEY/.test(name) && name !== "RESEND_BASE_URL",
);

/** Variables that only mean something together. */
const TOGETHER: readonly (readonly Name[])[] = [
  ["ALERT_WEBHOOK_URL", "ALERT_WEBHOOK_SECRET"],
  ["RESEND_API_KEY", "ALERT_EMAIL_FROM", "ALERT_EMAIL_TO"],
];

/**
 * Reads who is told. A wrong setting never stops a backup: it is reported, and its channel left out.
 *
 * @param variables the host's environment variables
 */
export function readAlerts(variables: Variables): AlertSettings {
  const values: Record<string, string | undefined> = {};
  const problems: AlertProblem[] = [];
  for (const [name, [expected, isRight]] of Object.entries<Rule>(RULES)) {
    const found = find(variables, name);
    if (found.kind === "text" && !isHalf(name, found) && isRight(found.text)) values[name] = found.text;
    else if (found.kind !== "unset") problems.push({ variable: name, expected, ...what(name, found) });
  }
  for (const names of TOGETHER) {
    const given = names.filter((name) => find(variables, name).kind !== "unset");
    for (const name of names)
      if (given.length > 0 && !given.includes(name))
        problems.push({ variable: name, expected: `set beside ${given.join(" and ")}` });
  }
  return {
    channels: channelsOf(values),
    heartbeats: Object.fromEntries(
      CADENCES.flatMap((cadence) => {
        const address = values[heartbeatOf(cadence)];
        return address === undefined ? [] : [[cadence, address]];
      }),
    ),
    onFailure: switchOf(values.ALERT_ON_FAILURE ?? "") ?? true,
    onSuccess: switchOf(values.ALERT_ON_SUCCESS ?? "") ?? false,
    project: values.ALERT_PROJECT_NAME,
    problems,
  };
}

/** Texts of any kind, in which a # behind a space may be part of the value. */
function isHalf(name: string, found: Extract<Found, { kind: "text" }>): boolean {
  return found.isCut && ["ALERT_WEBHOOK_SECRET", "ALERT_PROJECT_NAME"].includes(name);
}

function what(name: string, found: Found): Pick<AlertProblem, "is"> {
  if (found.kind === "text" && isHalf(name, found)) return { is: "has a # behind a space; put it in quotes" };
  const isSecret = ALERT_SECRET_VARIABLES.includes(name);
  return found.kind === "text" && isSecret ? {} : { is: shown(found) };
}

function channelsOf(values: Readonly<Partial<Record<Name, string | undefined>>>): Channel[] {
  const channels: Channel[] = [];
  const { ALERT_WEBHOOK_URL: hook, ALERT_WEBHOOK_SECRET: secret } = values;
  if (hook && secret) channels.push({ channel: "webhook", url: hook, secret });
  if (values.ALERT_SLACK_WEBHOOK_URL)
    channels.push({ channel: "slack", url: values.ALERT_SLACK_WEBHOOK_URL });
  if (values.ALERT_DISCORD_WEBHOOK_URL)
    channels.push({ channel: "discord", url: values.ALERT_DISCORD_WEBHOOK_URL });
  const { RESEND_API_KEY: key, ALERT_EMAIL_FROM: from, ALERT_EMAIL_TO: to } = values;
  if (key && from && to) {
    const base = values.RESEND_BASE_URL ?? RESEND;
    channels.push({
      channel: "email",
      url: `${base.replace(/\/$/, "")}/emails`,
      key,
      from,
      to: addressesIn(to),
    });
  }
  return channels;
}

function heartbeatOf(cadence: Cadence): string {
  return `HEARTBEAT_URL_${cadence.toUpperCase()}`;
}

function addressesIn(list: string): string[] {
  return list.split(",").map((each) => each.trim());
}

/** Encrypted on its way, unless it never leaves this machine. */
function isUsableUrl(value: string): boolean {
  if (!VISIBLE.test(value) || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && LOCAL.includes(hostname));
}

function isUsableSecret(value: string): boolean {
  if (isPlaceholder(value)) return false;
  const base64 = /^whsec_(.*)$/.exec(value)?.[1];
  if (base64 === undefined) return value.length >= SHORTEST_SECRET;
  return (
    base64.length >= SHORTEST_SECRET &&
    // Padding may be left out, as the libraries for these webhooks have it.
    /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(base64)
  );
}
