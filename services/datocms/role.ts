import * as z from "zod/mini";
import { cutText } from "../../utils/cutText.ts";
import { mapped, type Result } from "../../utils/failures.ts";
import type { Budget } from "./budget.ts";
import { read, readIfOffered } from "./calls.ts";
import type { DatoClient } from "./client.ts";

/** What the token may do with environments, as far as DatoCMS tells. */
export type Rights =
  /** The project's own full-access token, its owner's account or organization. */
  | { readonly kind: "full" }
  | { readonly kind: "read-only" }
  | {
      readonly kind: "role";
      readonly name: string;
      /** May fork and destroy them. */
      readonly managesEnvironments: boolean;
      /** Which it may enter; copies in others would never be seen again. */
      readonly environments: "all" | "primary_only" | "sandbox_only" | "none";
      /** Needed only where the scheduler is to be disconnected. */
      readonly editsSchema: boolean;
    }
  | { readonly kind: "unknown" };

/** The part of the port that tells whose token it is. */
export interface Caller {
  /** Rights that DatoCMS does not tell are `unknown`. */
  rights(): Promise<Result<Rights>>;
  /** The same in one quick try, `unknown` when they cannot be read. */
  rightsIfOffered(): Promise<Rights>;
}

const LONGEST_NAME = 80;

/** Names are somebody's text and end up in terminals: without control characters, and short. */
export const name = z.pipe(
  z.string(),
  z.transform((text) => cutText(text.replace(/\p{C}/gu, "").trim(), LONGEST_NAME)),
);

const Me = z.object({
  data: z.object({
    type: z.string(),
    attributes: z.catch(z.object({ hardcoded_type: z.nullish(z.string()) }), {}),
  }),
  included: z.catch(z.array(z.unknown()), []),
});

const Role = z.pipe(
  z.object({
    type: z.literal("role"),
    attributes: z.object({ name }),
    meta: z.object({
      final_permissions: z.object({
        can_manage_environments: z.boolean(),
        environments_access: z.enum(["all", "primary_only", "sandbox_only", "none"]),
        can_edit_schema: z.catch(z.boolean(), false),
      }),
    }),
  }),
  z.transform(
    ({ attributes, meta: { final_permissions: may } }): Rights => ({
      kind: "role",
      name: attributes.name,
      managesEnvironments: may.can_manage_environments,
      environments: may.environments_access,
      editsSchema: may.can_edit_schema,
    }),
  ),
);

/** The holder of the client's token. */
export function callerOf(client: DatoClient, budget: Budget): Caller {
  const findMe = () => client.users.rawFindMe({ include: "role" });
  return {
    rights: async () => mapped(await read<unknown>(budget, findMe), rightsIn),
    rightsIfOffered: async () => rightsIn(await readIfOffered<unknown>(budget, findMe)),
  };
}

function rightsIn(document: unknown): Rights {
  const me = Me.safeParse(document).data;
  if (me === undefined) return { kind: "unknown" };
  const { type, attributes } = me.data;
  if (["account", "organization"].includes(type) || attributes.hardcoded_type === "admin")
    return { kind: "full" };
  if (attributes.hardcoded_type === "readonly") return { kind: "read-only" };
  const roles = me.included.flatMap((each) => Role.safeParse(each).data ?? []);
  return roles[0] ?? { kind: "unknown" };
}
