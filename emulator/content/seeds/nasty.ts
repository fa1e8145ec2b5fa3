import type { ProjectOptions } from "../../project.ts";
import { Content } from "../content.ts";
import type { ContentSeed, SeedContext } from "../seed.ts";
import { newFlags } from "../site.ts";
import { addFurniture } from "./furniture.ts";
import { furnitureIds } from "./furnitureIds.ts";
import { nastyIds } from "./nastyIds.ts";
import { addNastyRecords } from "./nastyRecords.ts";
import { addNastySchema } from "./nastySchema.ts";
import { addNastyShell } from "./nastyShell.ts";
import { addNastyUploads } from "./nastyUploads.ts";

/**
 * A project made to break naive archives and restores: the twenty cases of facts 10, of which 1 to 3 and 20 are the
 * API's own and 7 and 18 begin when somebody edits. `nastyIds` names what to look at.
 *
 * @param options.sortableRows records of the model that is sorted by hand; default 5,000
 * @param options.furnished also one of everything that a project can have and the cases do not ask for: workflow,
 *   collections, menus, filters, fieldset, nested blocks, every type of field; default false. `furnitureIds` names it
 */
export function nastyProject(
  options: NastyOptions = {},
): Pick<ProjectOptions, "content" | "plugins" | "timezone"> {
  return {
    content: nastyContent(options),
    timezone: "Europe/Rome",
    // Case 16: an address of an asset where nothing follows it.
    plugins: [
      {
        id: nastyIds.plugin,
        name: "Gallery",
        parameters: { logo: nastyIds.oldUrl, secret: "plugin-secret" },
      },
      ...(options.furnished ? [furniturePlugin] : []),
    ],
  };
}

type NastyOptions = { readonly sortableRows?: number; readonly furnished?: boolean };

const furniturePlugin = {
  id: furnitureIds.plugin,
  name: "Colours",
  package_name: "datocms-plugin-colours",
  parameters: { palette: ["red", "blue"] },
};

/** The content of `nastyProject`. */
export function nastyContent({ sortableRows = 5000, furnished = false }: NastyOptions = {}): ContentSeed {
  return (context: SeedContext) => {
    const content = new Content();
    content.site = {
      ...content.site,
      // Case 10: records are left from the time when German was a locale.
      locales: ["en", "it", "fr"],
      // Cases 1 and 12: neither lists nor dates are those of today's projects.
      flags: { ...newFlags, improved_items_listing: false, improved_timezone_management: false },
      google_maps_api_token: "maps-secret",
      // Case 14: the video's address answers 422.
      assets_cdn_default_settings: {
        image: { auto: ["compress"] },
        video: { disable_serving_raw_videos: true },
      },
      // The favicon is gone.
      favicon: nastyIds.goneUpload,
      global_seo: { en: { site_name: "Nasty" }, it: null, fr: null },
    };
    addNastySchema(content);
    addNastyUploads(content, context);
    addNastyRecords(content, context, sortableRows);
    addNastyShell(context);
    if (furnished) addFurniture(content, context);
    return content;
  };
}
