import { ok, type Reply } from "../../call.ts";
import { pluginDocument } from "../../plugins.ts";
import { type ContentCall, found } from "../edit.ts";

/** `DELETE /plugins/:id` */
export function deletePlugin({ environment, content, id }: ContentCall): Reply {
  const plugin = found(environment.plugins.find((other) => other.id === id));
  environment.plugins = environment.plugins.filter((other) => other !== plugin);
  content.gonePlugins.add(id);
  return ok({ data: pluginDocument(plugin) });
}
