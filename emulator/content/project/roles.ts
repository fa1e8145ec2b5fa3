import { ok, type Reply } from "../../call.ts";
import { Refusal } from "../../errors.ts";
import { meDocument, ROLE_ID, roleDocument } from "../../siteDocuments.ts";
import type { State } from "../../state.ts";
import type { ContentCall } from "../edit.ts";
import type { Entity } from "../entity.ts";

/** `GET /users/me` */
export function findMe({ state, query }: ContentCall): Reply {
  return ok(meDocument(state.settings.role, query.get("include") === "role", permissionsOf(state)));
}

/** `GET /roles`: the caller's own, and the others. */
export function listRoles({ state }: ContentCall): Reply {
  const own = roleDocument(state.settings.role, permissionsOf(state));
  return ok({ data: [own, ...[...state.shell.role.rows()].map(otherRole)] });
}

/** `GET /roles/:id` */
export function findRole({ state, id }: ContentCall): Reply {
  if (id === ROLE_ID) return ok({ data: roleDocument(state.settings.role, permissionsOf(state)) });
  const role = state.shell.role.get(id);
  if (role === undefined) throw new Refusal("NOT_FOUND");
  return ok({ data: otherRole(role) });
}

/** Permissions name environments: the calling role may do everything in each but what is hidden from it. */
function permissionsOf({ environments, settings }: State): Record<string, object[]> {
  const { models, uploads } = settings.role === "admin" ? { models: [], uploads: false } : settings.hidden;
  const scope = { on_creator: "anyone", localization_scope: "all", locale: null };
  const ofModel = (environment: string, item_type: string | null) => ({
    action: "all",
    environment,
    item_type,
    workflow: null,
    on_stage: null,
    to_stage: null,
    ...scope,
  });
  const ofUploads = (environment: string) => ({
    action: "all",
    environment,
    upload_collection: null,
    move_to_upload_collection: null,
    ...scope,
  });
  const ids = environments.map(({ id }) => id);
  return {
    positive_item_type_permissions: ids.map((id) => ofModel(id, null)),
    negative_item_type_permissions: ids.flatMap((id) => models.map((model) => ofModel(id, model))),
    positive_upload_permissions: uploads ? [] : ids.map(ofUploads),
    negative_upload_permissions: [],
  };
}

function otherRole({ id, attributes, links }: Entity): object {
  const { name: _name, ...final_permissions } = attributes;
  const inherited = Array.isArray(links.inherits_permissions_from) ? links.inherits_permissions_from : [];
  return {
    id,
    type: "role",
    attributes,
    relationships: {
      inherits_permissions_from: { data: inherited.map((role) => ({ id: role, type: "role" })) },
    },
    meta: { final_permissions },
  };
}
