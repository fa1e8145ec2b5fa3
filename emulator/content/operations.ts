/** Resources with the usual five calls, named as the client names them. */
const resources = [
  "itemTypes",
  "fields",
  "fieldsets",
  "menuItems",
  "schemaMenuItems",
  "workflows",
  "itemTypeFilters",
  "uploadFilters",
  "uploadCollections",
] as const;
/** Resources with all of these calls, or all but the list, which others know too. */
const projectResources = ["webhooks", "accessTokens", "searchIndexes", "roles", "buildTriggers"] as const;
const orderedResources = ["menuItems", "schemaMenuItems", "uploadCollections"] as const;
const calls = ["list", "find", "create", "update", "destroy"] as const;

type Usual =
  | `${(typeof resources)[number] | (typeof projectResources)[number]}.${(typeof calls)[number]}`
  | `${(typeof orderedResources)[number]}.reorder`;

const others = [
  "items.validateNew",
  "items.validateExisting",
  "items.duplicate",
  "items.update",
  "items.destroy",
  "items.publish",
  "items.unpublish",
  "items.references",
  "items.currentVsPublishedState",
  "items.bulkPublish",
  "items.bulkUnpublish",
  "items.bulkDestroy",
  "items.bulkMoveToStage",
  "scheduledPublication.create",
  "scheduledPublication.destroy",
  "scheduledUnpublishing.create",
  "scheduledUnpublishing.destroy",
  "site.update",
  "plugins.destroy",
  "uploadRequest.create",
  "uploads.find",
  "uploads.create",
  "uploads.update",
  "uploads.destroy",
  "uploads.references",
  "uploads.bulkTag",
  "uploads.bulkSetUploadCollection",
  "uploads.bulkDestroy",
  "uploadTracks.list",
  "uploadTracks.create",
  "uploadTracks.destroy",
  // Not calls of the API: those of the asset host, and of the storage that uploads go to.
  "assets.get",
  "assets.put",
] as const;

export type ContentOperation = Usual | (typeof others)[number];

/** The calls that only environments with content know. */
export const contentOperations: readonly ContentOperation[] = [
  ...[...resources, ...projectResources].flatMap((resource) =>
    calls.map((call): Usual => `${resource}.${call}`),
  ),
  ...orderedResources.map((resource): Usual => `${resource}.reorder`),
  ...others,
];
