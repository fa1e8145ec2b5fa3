import { CADENCES, type Cadence } from "./cadence.ts";
import { type Reading, readSetting, settingOf } from "./settings/read.ts";
import { ALERTS, namesOf, type Value } from "./settings/table.ts";
import { refused, type Variables } from "./variables.ts";

type AlertName = keyof typeof ALERTS;
type NameOfHeartbeat = `HEARTBEAT_URL_${Uppercase<Cadence>}`;
type Row<Name extends AlertName> = (typeof ALERTS)[Name];
type NamedChannel = Extract<Row<AlertName>, { readonly channel: string }>["channel"];

/** The members that the rows of a channel name. */
type Members<Channel> = {
  readonly [Name in AlertName as Row<Name> extends { readonly channel: Channel; readonly as: infer Member }
    ? Member & string
    : never]: Value<Name>;
};

export type ChannelName = NamedChannel | "heartbeat";

/** The settings of one channel, or of any. */
export type ChannelSettings<Name extends ChannelName = ChannelName> = {
  [Each in Name]: { readonly channel: Each } & (Each extends "heartbeat"
    ? { readonly cadence: Cadence; readonly url: string }
    : Members<Each>);
}[Name];
/** Of a channel that carries notifications. */
type NotificationChannel = ChannelSettings<NamedChannel>;

/** A setting that cannot be used; its channel is left out. */
export interface AlertProblem {
  readonly variable: string;
  readonly expected: string;
  /** Says what the setting is, after its name in a sentence; undefined where that may not be said, or nothing is set. */
  readonly is?: string;
}

/** The sentence about a problem, for people. */
export function problemSentence({ variable: name, is, expected }: AlertProblem): string {
  return `${refused(name, is, expected)}.`;
}

/** Everything that a deployment can set about its alerts. */
export interface AlertSettings {
  readonly channels: readonly NotificationChannel[];
  /** Addresses of the dead-man's switches. */
  readonly heartbeats: Partial<Readonly<Record<Cadence, string>>>;
  /** Failures, lateness and recoveries are sent. */
  readonly onFailure: boolean;
  /** Each backup is sent. */
  readonly onSuccess: boolean;
  /** The project's name in notifications. */
  readonly project: string | undefined;
  readonly problems: readonly AlertProblem[];
}

/**
 * Reads the alerts' settings. A wrong one never stops a backup: it is reported, and its channel left out.
 *
 * @param variables the host's environment variables
 */
export function readAlerts(variables: Variables): AlertSettings {
  const readings: Readings = new Map(namesOf(ALERTS).map((name) => [name, readSetting(variables, name)]));
  const refusals = [...readings].flatMap(([name, reading]): AlertProblem[] => {
    if (reading.kind !== "refused") return [];
    const { is } = reading;
    return [{ variable: name, expected: ALERTS[name].expected, ...(is !== undefined && { is }) }];
  });
  return {
    channels: CHANNELS.flatMap((channel) => configured(channel, readings)),
    heartbeats: Object.fromEntries(
      CADENCES.flatMap((cadence) => {
        const url = settingOf(variables, heartbeatOf(cadence));
        return url === undefined ? [] : [[cadence, url]];
      }),
    ),
    onFailure: settingOf(variables, "ALERT_ON_FAILURE"),
    onSuccess: settingOf(variables, "ALERT_ON_SUCCESS"),
    project: settingOf(variables, "ALERT_PROJECT_NAME"),
    problems: [...refusals, ...CHANNELS.flatMap((channel) => missing(channel, readings))],
  };
}

type Readings = ReadonlyMap<AlertName, Reading<unknown>>;

/** The rows that name a channel; `as` names the member of its settings. */
const ROWS = namesOf(ALERTS).flatMap((name) => {
  const row = ALERTS[name];
  return "channel" in row
    ? [{ name, channel: row.channel, as: row.as, isNeeded: !("byDefault" in row) }]
    : [];
});
const CHANNELS = [...new Set(ROWS.map(({ channel }) => channel))].map((channel) => ({
  channel,
  rows: ROWS.filter((row) => row.channel === channel),
}));
type ChannelRows = (typeof CHANNELS)[number];

/** One channel, where all its settings are there; else none. A default stands for a wrong value, too. */
function configured({ channel, rows }: ChannelRows, readings: Readings): NotificationChannel[] {
  const members: Record<string, unknown> = {};
  for (const { name, as, isNeeded } of rows) {
    const reading = readings.get(name);
    if (reading?.kind === "read") members[as] = reading.value;
    else if (isNeeded) return [];
    else members[as] = settingOf({}, name);
  }
  // Each member has just been made by its own row.
  return [{ channel, ...members } as NotificationChannel];
}

/** Settings that are missing beside others of their channel. */
function missing({ rows }: ChannelRows, readings: Readings): AlertProblem[] {
  const needed = rows.filter(({ isNeeded }) => isNeeded).map(({ name }) => name);
  const isGiven = (name: AlertName) => readings.get(name)?.kind !== "unset";
  const given = needed.filter(isGiven).join(" and ");
  if (given === "") return [];
  return needed
    .filter((name) => !isGiven(name))
    .map((name) => ({ variable: name, expected: `set beside ${given}` }));
}

function heartbeatOf(cadence: Cadence): NameOfHeartbeat {
  return `HEARTBEAT_URL_${cadence.toUpperCase() as Uppercase<Cadence>}`;
}
