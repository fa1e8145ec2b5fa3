/** Flags of `site.meta`: they change formats of values and rules of writing (facts 1.2). */
export type SiteFlags = {
  readonly draft_mode_default: boolean;
  readonly improved_timezone_management: boolean;
  readonly improved_hex_management: boolean;
  readonly improved_gql_multilocale_fields: boolean;
  readonly improved_gql_visibility_control: boolean;
  readonly improved_boolean_fields: boolean;
  readonly improved_validation_at_publishing: boolean;
  readonly improved_exposure_of_inline_blocks_in_cda: boolean;
  readonly improved_items_listing: boolean;
  readonly milliseconds_in_datetime: boolean;
  readonly non_localized_focal_points: boolean;
  readonly allow_custom_theme: boolean;
};

/** The settings of a project that each environment has for itself. */
export type SiteContent = {
  readonly locales: readonly string[];
  readonly no_index: boolean;
  /** An upload. */
  readonly favicon: string | null;
  readonly google_maps_api_token: string | null;
  readonly theme: Readonly<Record<string, unknown>>;
  /** By locale, but for a project with one. */
  readonly global_seo: Readonly<Record<string, unknown>> | null;
  readonly assets_cdn_default_settings: {
    readonly image: Readonly<Record<string, unknown>>;
    readonly video: { readonly disable_serving_raw_videos?: boolean };
  };
  readonly flags: SiteFlags;
  /**
   * Attributes of records and models as projects from before 2023 have them: `created_at` and `updated_at` among
   * a record's own, misspelt twins among a model's and a field's (facts 1.2).
   */
  readonly isLegacy: boolean;
};

export const newFlags: SiteFlags = {
  draft_mode_default: false,
  improved_timezone_management: true,
  improved_hex_management: true,
  improved_gql_multilocale_fields: true,
  improved_gql_visibility_control: true,
  improved_boolean_fields: true,
  improved_validation_at_publishing: true,
  improved_exposure_of_inline_blocks_in_cda: true,
  improved_items_listing: true,
  milliseconds_in_datetime: true,
  non_localized_focal_points: true,
  allow_custom_theme: true,
};

/** Flags as they stand in a project that never opted in to anything. */
export const oldFlags: SiteFlags = {
  draft_mode_default: false,
  improved_timezone_management: false,
  improved_hex_management: false,
  improved_gql_multilocale_fields: false,
  improved_gql_visibility_control: false,
  improved_boolean_fields: false,
  improved_validation_at_publishing: false,
  improved_exposure_of_inline_blocks_in_cda: false,
  improved_items_listing: false,
  milliseconds_in_datetime: false,
  non_localized_focal_points: false,
  allow_custom_theme: false,
};

export const defaultSite: SiteContent = {
  locales: ["en"],
  no_index: false,
  favicon: null,
  google_maps_api_token: null,
  theme: { type: "monochromatic", hue: null, logo: null },
  global_seo: null,
  assets_cdn_default_settings: { image: {}, video: {} },
  flags: newFlags,
  isLegacy: false,
};
