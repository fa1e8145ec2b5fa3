import type { FieldAttributes, FieldType } from "./field.ts";

/** The editor that a field gets where a client names none. */
const editors: Readonly<Record<FieldType, { editor: string; parameters: Record<string, unknown> }>> = {
  boolean: { editor: "boolean", parameters: {} },
  color: { editor: "color_picker", parameters: { enable_alpha: false, preset_colors: [] } },
  date: { editor: "date_picker", parameters: {} },
  date_time: { editor: "date_time_picker", parameters: {} },
  file: { editor: "file", parameters: {} },
  float: { editor: "float", parameters: { placeholder: null } },
  gallery: { editor: "gallery", parameters: {} },
  integer: { editor: "integer", parameters: { placeholder: null } },
  json: { editor: "json", parameters: {} },
  lat_lon: { editor: "map", parameters: {} },
  link: { editor: "link_select", parameters: {} },
  links: { editor: "links_select", parameters: {} },
  rich_text: { editor: "rich_text", parameters: { start_collapsed: false } },
  seo: { editor: "seo", parameters: { fields: ["title", "description", "image"], previews: ["google"] } },
  single_block: { editor: "framed_single_block", parameters: { start_collapsed: false } },
  slug: { editor: "slug", parameters: { url_prefix: null, placeholder: null } },
  string: { editor: "single_line", parameters: { heading: false, placeholder: null } },
  structured_text: {
    editor: "structured_text",
    parameters: { marks: ["strong", "emphasis"], nodes: [], heading_levels: [1, 2] },
  },
  text: { editor: "markdown", parameters: { toolbar: ["heading", "bold", "italic"] } },
  video: { editor: "video", parameters: {} },
};

/** @returns the appearance of a field, what is left out filled in (facts 9, item 9) */
export function appearanceOf(
  type: FieldType,
  sent?: FieldAttributes["appearance"],
): FieldAttributes["appearance"] {
  if (sent === undefined) return { ...editors[type], addons: [] };
  const isDefault = sent.editor === editors[type].editor;
  return isDefault ? { ...sent, parameters: { ...editors[type].parameters, ...sent.parameters } } : sent;
}
