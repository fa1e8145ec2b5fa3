import { type Call, ok, type Reply } from "../call.ts";
import { Refusal } from "../errors.ts";

/** `GET /maintenance-mode` */
export function findMaintenanceMode({ state }: Call): Reply {
  const { maintenanceMode: active } = state.settings;
  return ok({ data: { id: "maintenance_mode", type: "maintenance_mode", attributes: { active } } });
}

/** `PUT /maintenance-mode/activate`: without `force` refused while somebody edits. */
export function activateMaintenanceMode(call: Call): Reply {
  const { settings } = call.state;
  if (settings.activeEditors && call.query.get("force") !== "true") {
    throw new Refusal("ACTIVE_EDITING_SESSIONS");
  }
  settings.maintenanceMode = true;
  return findMaintenanceMode(call);
}

/** `PUT /maintenance-mode/deactivate` */
export function deactivateMaintenanceMode(call: Call): Reply {
  call.state.settings.maintenanceMode = false;
  return findMaintenanceMode(call);
}
