import * as z from "zod/mini";
import { type Found, find, shown, type Variables } from "../variables.ts";
import type { Kind } from "./kinds.ts";
import { SETTINGS, type SettingName, type Value, type ValueOrDefault } from "./table.ts";

/** A setting as it was found. */
export type Reading<T> =
  | { readonly kind: "unset" }
  | { readonly kind: "read"; readonly value: T }
  | {
      readonly kind: "refused";
      /** Says what the variable is, after its name in a sentence; undefined where that may not be said. */
      readonly is: string | undefined;
    };

/**
 * Reads one setting by its row of the table.
 *
 * @param variables the host's environment variables
 * @returns `unset` where the variable is absent or blank and has no default
 */
export function readSetting<Name extends SettingName>(
  variables: Variables,
  name: Name,
): Reading<Value<Name>> {
  const row: Kind = SETTINGS[name];
  const found = find(variables, name);
  const text = found.kind === "unset" ? row.byDefault : usableText(row, found);
  const parsed = text === undefined ? undefined : parsedBy(row, text);
  // The row has made the value by its own schema.
  if (parsed?.success) return { kind: "read", value: parsed.data as Value<Name> };
  return found.kind === "unset" ? found : { kind: "refused", is: shownBy(row, found) };
}

const defaults = new WeakMap<Kind, ReturnType<typeof parse>>();

/** Each request reads most of the settings, and most of them have their defaults: those are parsed once. */
function parsedBy(row: Kind, text: string) {
  if (text !== row.byDefault) return parse(row, text);
  const known = defaults.get(row) ?? parse(row, text);
  defaults.set(row, known);
  return known;
}

const parse = (row: Kind, text: string) => z.safeParse(row.schema, text);

/** A setting's value, or its default; the default too where the value is refused. */
export function settingOf<Name extends SettingName>(variables: Variables, name: Name): ValueOrDefault<Name> {
  const reading = readSetting(variables, name);
  const usable = reading.kind === "refused" ? readSetting({}, name) : reading;
  // A row with a default is never unset.
  return (usable.kind === "read" ? usable.value : undefined) as ValueOrDefault<Name>;
}

function usableText(row: Kind, found: Found): string | undefined {
  return found.kind === "text" && !(row.anyText && found.isCut) ? found.text : undefined;
}

function shownBy(row: Kind, found: Found): string | undefined {
  if (found.kind === "text" && row.anyText && found.isCut) return "has a # behind a space; put it in quotes";
  return found.kind === "text" && row.secret ? undefined : shown(found);
}

/** Why a row refuses a text, to follow the variable's name in a sentence; undefined where it takes the text. */
export function refusal(name: SettingName, text: string): string | undefined {
  return z.safeParse(SETTINGS[name].schema, text).error?.issues[0]?.message;
}
